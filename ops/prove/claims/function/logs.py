"""The queries of the runbook find in Logs Insights what they are for."""

import time
from functools import partial
from typing import Any

from ops.prove.account import bounds
from ops.prove.account.deployed import Deployed
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, answer
from ops.prove.claims.ground import Ground

QUERIES = {
    "answers by status": 'filter message = "answered" | stats count(*) as answers by status',
    "one request": 'filter message = "answered" and function_request_id = "{request}" | display status, path',
}
"""Fields that Logs Insights finds in JSON lines by itself; `message` is the function's own, `@message` the line."""


def look(ground: Ground) -> list[Seen]:
    """Ask once, then look for that request by query."""
    stack = ground.serving()
    came = stack.api.ask("GET", "/nowhere")
    seen = [answer("GET /nowhere", came, 404, "unknown_path")]
    request = came.headers.get("x-request-id", "")
    for name, text in QUERIES.items():
        query = text.replace("{request}", request)
        rows = until(
            partial(insights, ground, stack, query),
            lambda got: any(row.get("status") == "404" for row in got),
            ground.caller.patience(bounds.LOGS_SECONDS),
        )
        found = [row for row in rows if row.get("status") == "404"]
        right = bool(found) and all("status" in row for row in rows)
        told = f"{len(rows)} rows, {len(found)} of them with status 404"
        seen.append(Seen(f"the query “{name}”", "a row with status 404", told, right))
    return seen


def insights(ground: Ground, stack: Deployed, query: str) -> list[dict[str, str]]:
    """The rows of one query over the last hour."""
    logs, now = ground.caller.client("logs"), int(time.time())
    started = logs.start_query(
        logGroupName=stack.outputs["LogGroupName"], startTime=now - 3600, endTime=now + 60, queryString=query
    )["queryId"]
    done: dict[str, Any] = until(
        lambda: logs.get_query_results(queryId=started),
        lambda got: got["status"] not in ("Scheduled", "Running"),
        ground.caller.patience(bounds.LOGS_SECONDS),
    )
    return [{field["field"]: field.get("value", "") for field in row} for row in done["results"]]


def lines_of(ground: Ground, stack: Deployed, part: str) -> list[str]:
    """The log's newest lines that hold a text, 10 pages at most."""
    pages = ground.caller.client("logs").get_paginator("filter_log_events")
    found = []
    events = pages.paginate(
        logGroupName=stack.outputs["LogGroupName"],
        startTime=int((time.time() - 900) * 1000),
        PaginationConfig={"MaxItems": 10_000},
    )
    for page in events:
        found += [event["message"] for event in page["events"] if part in event["message"]]
    return found


CLAIM = Claim(
    name="logs",
    sentence="Logs Insights finds a request by its id, and counts answers by status, in the function's JSON lines.",
    why="The stand-in knows a part of the query language, and finds no fields in JSON lines.",
    how=f"one request that is answered with 404, and {len(QUERIES)} queries until they find it",
    calls={
        "execute-api:Invoke": 1,
        "logs:StartQuery": len(QUERIES) * bounds.POLLS,
        "logs:GetQueryResults": len(QUERIES) * bounds.POLLS,
    },
    seconds=60,
    look=look,
)
