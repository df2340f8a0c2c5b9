"""The smallest possible function: what a cold start costs without any work of ours."""

from typing import Any


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    return {"statusCode": 200, "body": "hello"}
