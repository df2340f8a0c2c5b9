"""The least that a function can be: what a cold start costs with none of our work in it."""

from typing import Any


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    return {"statusCode": 200, "body": "hello"}
