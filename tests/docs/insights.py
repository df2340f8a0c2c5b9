"""Runs a query of CloudWatch Logs Insights over the log of the deployed function, in the stand-in for AWS.

The stand-in (ministack 1.5.33) knows a part of the language and skips over the rest in silence, so that a filter which
it does not know finds everything. Such a query is refused here.
"""

import re
import time
from collections.abc import Mapping
from typing import Any, Final

import boto3

UNDERSTOOD: Final = (
    re.compile(r"fields @\w+(, *@\w+)*"),
    re.compile(r"filter @\w+ = '[^']*'"),
    re.compile(r"filter @\w+ like /(\\.|[^/])+/i?"),
    re.compile(r"sort @\w+( asc| desc)?"),
    re.compile(r"limit \d+"),
)
STAGE = re.compile(r"(?:/(?:\\.|[^/])*/|'[^']*'|[^|])+")
"""What stands between two bars; a bar in a pattern or a text separates nothing."""

SECONDS = 20
"""How long a line may take from the function to its log."""


def stages(query: str) -> list[str]:
    """The query's commands. Raises ValueError for one that the stand-in would skip over."""
    parts = [" ".join(part.split()) for part in STAGE.findall(query) if part.strip()]
    for part in parts:
        if not any(pattern.fullmatch(part) for pattern in UNDERSTOOD):
            raise ValueError(
                f"The stand-in for AWS would skip over `{part}`, and so prove nothing. It knows `fields @message`, "
                "`filter @message like /…/`, `sort @timestamp desc` and `limit 20`."
            )
    return parts


def run_query(query: str, environment: Mapping[str, str]) -> list[str]:
    """The messages that the query finds in the log of the stack's function; raises ValueError where it finds none."""
    stages(query)
    outputs = client_of("cloudformation", environment).describe_stacks(StackName=environment["STACK_NAME"])["Stacks"][0]
    group = next(output["OutputValue"] for output in outputs["Outputs"] if output["OutputKey"] == "LogGroupName")
    logs = client_of("logs", environment)
    deadline = time.monotonic() + SECONDS
    while True:
        now = int(time.time())
        asked = {"logGroupName": group, "startTime": now - 86_400, "endTime": now + 60}
        started = logs.start_query(queryString=query, **asked)
        found = logs.get_query_results(queryId=started["queryId"])
        messages = [field["value"] for row in found["results"] for field in row if field["field"] == "@message"]
        if messages:
            return messages
        if time.monotonic() > deadline:
            raise ValueError("The query finds no line with an @message in the function's log.")
        time.sleep(1)


def client_of(service: str, environment: Mapping[str, str]) -> Any:
    """A client for the account that a shell with this environment uses."""
    return boto3.client(  # type: ignore[call-overload]  # the service's name is a variable
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        verify=environment["AWS_CA_BUNDLE"],
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
