"""Reads the windows of a log group: page by page, with the filter on the side of CloudWatch Logs.

What is a window is for `handler.monitoring.line` to say: stand-ins for AWS filter by no field of JSON, so other lines
come too. The client is boto3's, and whoever makes it says how often it tries again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from handler.monitoring.reading.failures import failure

WINDOWS = '$.message = "window"'
"""What the filter asks of a line (Amazon CloudWatch Logs User Guide, "Filter pattern syntax": JSON log events)."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LogsClient(Protocol):
    """What of boto3's client of CloudWatch Logs is called here."""

    def filter_log_events(self, **request: Any) -> Any:
        """One page of events, and the token of the next one where there may be more."""


@dataclass(frozen=True)
class LogLine:
    """One event of a log group: when the function wrote it, and what."""

    timestamp: datetime
    message: str


def read_log_group(
    client: LogsClient,
    group: str,
    began: datetime,
    ended: datetime,
    *,
    version: str | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[LogLine]:
    """The lines of `group` from `began` up to `ended`, in the order in which they come, which need not be that of time.

    With `version` those of that version alone, where the filter works. `progress` is called after each page with how
    many pages and lines there were so far. Raises LogGroupMissing, LogAccessDenied or LogUnreachable; what botocore
    raised is its cause.
    """
    pattern = f'{WINDOWS} && $.version = "{version}"' if version else WINDOWS
    asked = {
        "logGroupName": group,
        "startTime": _milliseconds(began),
        # Events at this very moment still come (API Reference, "FilterLogEvents"), and are not within the period.
        "endTime": _milliseconds(ended) - 1,
        "filterPattern": f"{{ {pattern} }}",
    }
    pages = lines = 0
    token: str | None = None
    while True:
        page = _page(client, asked | ({"nextToken": token} if token else {}), group)
        # A page may be empty although there are more: only a missing token says that it was the last.
        events = page.get("events", [])
        pages, lines = pages + 1, lines + len(events)
        progress(pages, lines)
        for event in events:
            yield LogLine(EPOCH + timedelta(milliseconds=event["timestamp"]), event["message"])
        following = page.get("nextToken")
        if not following or following == token:
            return
        token = following


def _page(client: LogsClient, asked: dict[str, Any], group: str) -> Any:
    # Whoever has a client has botocore, which neither the function nor the package brings.
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return client.filter_log_events(**asked)
    except ClientError as error:
        raise failure(str(error.response.get("Error", {}).get("Code", "")), group) from error
    except BotoCoreError as error:
        raise failure("", group) from error


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
