"""A job definition for AWS Batch: boto3 takes it, moto's Batch registers it, and what it runs exists here.

The reader saves it under its name, where later blocks find it.
"""

import json
import subprocess

import boto3
from moto import mock_aws

from tests.docs.fences import Fence
from tests.docs.named import wrong_make_commands, wrong_training_commands
from tests.docs.reader import Reader


def check(block: Fence, reader: Reader) -> None:
    definition = json.loads(block.text)
    with mock_aws():
        batch = boto3.client(
            "batch", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        batch.register_job_definition(**definition)
        (registered,) = batch.describe_job_definitions(jobDefinitionName=definition["jobDefinitionName"])[
            "jobDefinitions"
        ]
    assert registered["platformCapabilities"] == ["FARGATE"]
    *shell, script = definition["containerProperties"]["command"]
    subprocess.run([*shell[:1], "-n", "-c", script], check=True)
    for command in script.split("; "):
        assert not wrong_training_commands(command), command
        assert not wrong_make_commands(command), command
    (reader.checkout / f"{definition['jobDefinitionName']}.json").write_text(block.text)
