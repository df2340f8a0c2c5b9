"""What the monitor says of a report: the document that is kept, the event, the metrics and the log.

No feature's value is in any of them: names of features and targets, counts and what follows from counts are.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics

from handler.errors.base import SklearnOnLambdaError
from handler.monitoring.drift.report import DriftReport
from handler.monitoring.monitor.case import Case
from handler.monitoring.monitor.settings import MonitorSettings
from handler.settings import METRICS_NAMESPACE, SERVICE_NAME
from handler.telemetry.dimensions import dimension_value
from handler.telemetry.metrics import DRIFT, DRIFTED_FEATURES, OBSERVED_ROWS, WORST_PSI

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

SOURCE = "sklearn-on-lambda"
DETAIL_TYPE = "Drift found"

MOST_NAMES, MOST_OF_NAME = 100, 300
"""Of drifted features in an event, and of the characters of each: an event has room for 256 KB (EventBridge User Guide,
"PutEvents event entry size")."""

MOST_CHARACTERS = 400
"""Of the summary."""

_QUOTED = str.maketrans({'"': "'", "\\": "/", "<": "(", ">": ")"})


class EventNotTaken(SklearnOnLambdaError):
    """EventBridge did not take the event."""


def plain(text: str) -> str:
    """`text` in one line, without what would have to be escaped between quotes.

    EventBridge puts values into messages as they are (EventBridge User Guide, "Input transformation"), and the names of
    models and features may be any text.
    """
    return "".join(letter if letter.isprintable() else " " for letter in text).translate(_QUOTED)


def summary(drifted: tuple[str, ...]) -> str:
    """What drifted, in one line for a message, and plain."""
    named = plain(", ".join(drifted[:MOST_NAMES]))
    whole = len(drifted) <= MOST_NAMES and len(named) <= MOST_CHARACTERS
    return named if whole else f"{named[:MOST_CHARACTERS]} … ({len(drifted)} in all)"


def event_of(case: Case, report: DriftReport, settings: MonitorSettings, page: str) -> dict[str, Any]:
    """The detail of the event that says that `case` was found; `page` is the URI of the report for people."""
    return {
        "case": case.id,
        "stack": settings.stack,
        "model": plain(report.model)[:MOST_OF_NAME],
        "version": report.version,
        "alias": settings.model_alias,
        "drifted": [name[:MOST_OF_NAME] for name in report.drifted[:MOST_NAMES]],
        "summary": summary(report.drifted),
        "worst_psi": round(report.worst_psi, 4),
        "began": report.began,
        "ended": report.ended,
        "report": page,
    }


def put_event(client: Any, detail: Mapping[str, Any], now: datetime) -> None:
    """Send the event with this detail by `client`, boto3's of EventBridge; raises EventNotTaken."""
    # Whoever has a client has botocore, which the package does not bring.
    from botocore.exceptions import BotoCoreError, ClientError

    text = json.dumps(detail, ensure_ascii=False)
    entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": text, "Time": now}
    try:
        answer = client.put_events(Entries=[entry])
        refusal = answer["Entries"][0].get("ErrorCode", "no reason") if answer["FailedEntryCount"] else None
    except ClientError as error:
        refusal = error.response["Error"]["Code"]
    except BotoCoreError:
        refusal = "no answer"
    if refusal is not None:
        raise EventNotTaken(f"EventBridge did not take the event ({refusal}): the next run sends it again.")


class MonitorLog:
    """The log and the metrics of one run. Powertools finds the function's names in `context` by itself."""

    def __init__(self, environ: Mapping[str, str], context: "LambdaContext") -> None:
        service = SERVICE_NAME.value(environ)
        self.logger = Logger(service=service, location=None)
        self.logger.append_keys(function_request_id=context.aws_request_id)
        self.metrics = Metrics(service=dimension_value(service), namespace=METRICS_NAMESPACE.value(environ))

    def measure(self, report: DriftReport) -> None:
        """Write the metrics of `report`, at once: an event that cannot be sent takes nothing from them."""
        values = {
            WORST_PSI: report.worst_psi,
            DRIFTED_FEATURES: sum(each.of == "feature" and each.verdict == "drift" for each in report.comparisons),
            DRIFT: int(report.verdict == "drift"),
            OBSERVED_ROWS: report.rows,
        }
        for metric, value in values.items():
            self.metrics.add_metric(metric.name, metric.unit, value)
        self.metrics.flush_metrics()
