"""The function without this project's packaging: the stack that its cold starts are compared with.

The package is that of `make bench-cold`: the same handler with the same pins, by a plain `sam build`, and it reads S3
by boto3.
"""

import os
import shutil
import tempfile
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
      MemorySize: <memory>
      Timeout: 60
      Role: !GetAtt PlainRole.Arn
      Environment:
        Variables: {MODEL_URI: "<uri>", MODEL_ALIAS: production}
  PlainRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      ManagedPolicyArns:
        - "<policy>"
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
    (folder / "template.yaml").write_text(template(memory_mb, stack.model_uri, stack.outputs["ReadPolicyArn"]))
    ground.step("sam deploy of the plain function")
    name = f"{ground.name}-plain"
    ground.project.sam_deploy(name, folder / "template.yaml")
    described = ground.caller.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return next(str(each["OutputValue"]) for each in described["Outputs"] if each["OutputKey"] == "PlainFunction")


def template(memory_mb: int, model_uri: str, read_policy: str) -> str:
    """The plain stack's template: a function that reads the same model by the same rights."""
    text = TEMPLATE
    for mark, value in (("<memory>", str(memory_mb)), ("<uri>", model_uri), ("<policy>", read_policy)):
        text = text.replace(mark, value)
    return text


def _build(package: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        contenders = plain(Path(scratch), "x86_64", SAM, Path(find_interpreter(os.environ)))
        shutil.copytree(contenders[0].task, package)
    # It is read-only, as on Lambda; whoever removes it later must be able to.
    for folder in (package, *(each for each in package.rglob("*") if each.is_dir())):
        folder.chmod(0o755)
