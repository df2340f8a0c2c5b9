"""The function without this project's packaging: the stack that its cold starts are compared with.

The package is that of `make bench-cold`: the same handler with the same pins, by a plain `sam build`, and it reads S3
by boto3.
"""

import os
import shutil
from pathlib import Path

from bench.packages import plain
from ops.commands import SAM
from ops.prove.account.deployed import Deployed
from ops.prove.claims.ground import Ground
from packager.bytecode.compilation import find_interpreter

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Plain:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: package/
      Handler: handler.app.lambda_handler
      Runtime: python3.13
      Architectures: [x86_64]
      MemorySize: MEMORY
      Timeout: 60
      Role: !GetAtt PlainRole.Arn
      Environment:
        Variables: {MODEL_URI: "URI", MODEL_ALIAS: production}
  PlainRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      ManagedPolicyArns:
        - POLICY
        - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
Outputs:
  PlainFunction: {Value: !Ref Plain}
"""


def deploy_plain(ground: Ground, stack: Deployed, memory_mb: int) -> str:
    """Build and deploy the plain function, which serves the model of `stack`; gives its name."""
    folder = ground.prepared / "plain"
    package = folder / "package"
    if not package.exists():
        ground.step("a plain sam build of the same handler")
        _build(package)
    values = {"MEMORY": str(memory_mb), "URI": stack.model_uri, "POLICY": stack.outputs["ReadPolicyArn"]}
    text = TEMPLATE
    for name, value in values.items():
        text = text.replace(name, value)
    (folder / "template.yaml").write_text(text)
    ground.step("sam deploy of the plain function")
    name = f"{ground.name}-plain"
    ground.project.sam_deploy(name, folder / "template.yaml")
    described = ground.caller.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return next(str(each["OutputValue"]) for each in described["Outputs"] if each["OutputKey"] == "PlainFunction")


def _build(package: Path) -> None:
    scratch = package.parent.with_name("plain-built")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    contenders = plain(scratch, "x86_64", SAM, Path(find_interpreter(os.environ)))
    shutil.copytree(contenders[0].task, package)
