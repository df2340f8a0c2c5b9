"""A request leaves a trace in X-Ray, which its log line names."""

import json
import time
from typing import Any

from ops.prove.account import bounds
from ops.prove.account.asked import asked
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, answer
from ops.prove.claims.function.logs import lines_of
from ops.prove.claims.ground import Ground

REQUESTS = 5
"""X-Ray keeps the first request of each second, and 5 % of the others."""


def look(ground: Ground) -> list[Seen]:
    """Ask a few times, find the trace ids in the log, and ask X-Ray for them."""
    stack = ground.serving()
    came = []
    for _ in range(REQUESTS):
        came.append(stack.api.ask("GET", "/model"))
        time.sleep(1.1)
    seen = [answer("GET /model", came[-1], 200)]
    requests = {each.headers.get("x-request-id") for each in came}

    def named() -> list[str]:
        lines = [json.loads(line) for line in lines_of(ground, stack, '"path":"/model"') if line.startswith("{")]
        mine = [line for line in lines if line.get("function_request_id") in requests]
        return sorted({line["xray_trace_id"] for line in mine if "xray_trace_id" in line})

    ids = until(named, bool, ground.caller.patience(bounds.LOGS_SECONDS))
    seen.append(Seen("trace ids in the log lines", "some", f"{len(ids)}", True if ids else None))
    if not ids:
        return seen
    xray = ground.caller.client("xray")

    def traces() -> list[Any]:
        got = asked(lambda: xray.batch_get_traces(TraceIds=ids[:5]))
        return list(got.answer["Traces"]) if got.code == "OK" else []

    found = until(traces, bool, ground.caller.patience(bounds.TRACES_SECONDS))
    told = f"{len(found)} of {len(ids)}: {found[0]['Id']}" if found else f"none of {len(ids)}"
    return [*seen, Seen("traces of these ids in X-Ray", "at least one", told, True if found else None)]


CLAIM = Claim(
    name="traces",
    sentence="A request leaves a trace in X-Ray, and the request's log line names it.",
    why="The stand-in has no X-Ray.",
    how=f"{REQUESTS} requests, their log lines, and the traces that these name",
    calls={
        "execute-api:Invoke": REQUESTS,
        "logs:FilterLogEvents": bounds.POLLS,
        "xray:BatchGetTraces": bounds.POLLS,
        "xray:trace": REQUESTS,
    },
    seconds=60,
    look=look,
)
