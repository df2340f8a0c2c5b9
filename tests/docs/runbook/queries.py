"""The queries of the runbook's sections, each run over the log lines of every fault in a stand-in for AWS."""

import json
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from ops.commands import ROOT
from tests.docs.runbook.log_lines import ENDED_BY_LAMBDA, lines_of_faults, lines_of_metrics, sound

RUNBOOK: Final = ROOT / "docs" / "runbook.md"
SECTION: Final = re.compile(r"^### (.+?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
QUERY: Final = re.compile(r"^```logs\n(.*?)^```", re.MULTILINE | re.DOTALL)


def queries() -> Iterator[tuple[str, str]]:
    """The heading, without its backticks, and the query of each section that has one."""
    for heading, text in SECTION.findall(RUNBOOK.read_text(encoding="utf-8")):
        for query in QUERY.findall(text):
            yield heading.replace("`", ""), query


@cache
def every_line() -> Mapping[str, Sequence[str]]:
    """By code, or by `metrics` and `502 gateway_error`: what stands in the log.

    Made once in a process: a logger keeps its stream, so a second making would write to that of the first.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        version = sound(folder)
        return {
            **lines_of_faults(version, folder),
            "metrics": lines_of_metrics(version, folder),
            "502 gateway_error": list(ENDED_BY_LAMBDA),
        }


def expected(heading: str, lines: Mapping[str, Sequence[str]]) -> set[str]:
    """The lines that the query of this section has to find."""
    every = [line for group in lines.values() for line in group]
    if heading == "502 gateway_error":
        return set(lines[heading])
    parsed = [(line, json.loads(line)) for line in every if line.startswith("{")]
    if heading == "The share of 5xx answers":
        return {line for line, told in parsed if told.get("level") == "ERROR"}
    if heading == "internal_error":
        return {line for line, told in parsed if told.get("message") == "internal error"}
    if heading in lines:
        return {
            line
            for line, told in parsed
            if told.get("message") in ("no model to serve", "refresh failed") and told["code"] == heading
        }
    return {line for line, told in parsed if "_aws" in told and heading in told}


def put_lines(logs: Any, group: str, lines: Mapping[str, Sequence[str]]) -> None:
    """Make a log group that holds these lines."""
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="lines")
    now = int(1000 * time.time())
    events = [{"timestamp": now, "message": line} for group in lines.values() for line in group]
    logs.put_log_events(logGroupName=group, logStreamName="lines", logEvents=events)


def found(logs: Any, group: str, query: str) -> list[str]:
    """The messages that the query finds in the group."""
    now = int(time.time())
    started = logs.start_query(logGroupName=group, queryString=query, startTime=now - 3600, endTime=now + 60)
    rows = logs.get_query_results(queryId=started["queryId"])["results"]
    return [field["value"] for row in rows for field in row if field["field"] == "@message"]
