"""A bare function that reads one object from S3 with boto3 in its init phase: what the SDK alone costs."""

import os
from typing import Any
from urllib.parse import urlsplit

import boto3

PLACE = urlsplit(os.environ["MODEL_URI"])
ALIAS = boto3.client("s3").get_object(Bucket=PLACE.netloc, Key=f"{PLACE.path.strip('/')}/aliases/production.json")
BODY = ALIAS["Body"].read().decode()


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    return {"statusCode": 200, "body": BODY}
