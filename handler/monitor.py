"""The entry of the monitor: template.yaml has it called on a schedule, in the package of the function.

It is no part of answering requests, and loads no model. An error is logged in JSON, and raised, so that Lambda counts
it and an alarm can tell of it.
"""

import os
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from handler.errors.base import SklearnOnLambdaError
from handler.monitoring.monitor.run import Clients, Monitor
from handler.monitoring.monitor.settings import MonitorSettings
from handler.monitoring.monitor.telling import MonitorLog

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

ATTEMPTS = 5
"""For each request. CloudWatch Logs allows a few FilterLogEvents a second, and refuses those beyond it."""


class MonitorFailed(SklearnOnLambdaError):
    """The run could not be done to its end; the log line before says why."""


def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:  # noqa: ARG001 - a schedule's
    """Run once; gives the verdict in short, for whoever calls it by hand. Raises MonitorFailed."""
    log = MonitorLog(os.environ, context)
    try:
        settings = MonitorSettings.from_env(os.environ)
        monitor = Monitor(
            settings, _clients(), log, datetime.now(UTC), lambda: context.get_remaining_time_in_millis() / 1000
        )
        report = monitor.run()
    except SklearnOnLambdaError as error:
        log.logger.error("monitor failed", error=type(error).__name__, reason=str(error))
        raise MonitorFailed(str(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised as one of ours
        # What another library says is not repeated: it may quote what it chokes on.
        trace = "".join(traceback.format_tb(error.__traceback__))
        log.logger.error("monitor failed", error=type(error).__name__, trace=trace)
        raise MonitorFailed(f"A bug ended the run, {type(error).__name__}: the log has its trace.") from None
    if report is None:
        return {"verdict": None}
    return {
        "verdict": report.verdict,
        "version": report.version,
        "rows": report.rows,
        "worst_psi": report.worst_psi,
        "drifted": list(report.drifted),
    }


def _clients() -> Clients:
    # Lambda's runtime has it, and the package does not (AWS Lambda Developer Guide, "Building Lambda functions with
    # Python", "Runtime-included SDK versions").
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
    session = boto3.Session()
    return Clients(*(session.client(name, config=config) for name in ("s3", "logs", "events")))
