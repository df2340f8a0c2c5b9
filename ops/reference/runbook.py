"""The sections of docs/runbook.md: one for each error that the operator can mend, and one for each metric.

A section's heading is the code or the metric's name in code, and its anchor that name in lower case: `anchor`. Answers
of the gateway have their status before the code, because three of them share one. The queries keep to what means the
same to CloudWatch Logs Insights and to the stand-in that tests run them on: `like` over `@message`, whose lines the
function writes without spaces.
"""

import re
from collections.abc import Mapping
from typing import Final

from handler.errors.base import INTERNAL_ERROR, ErrorAnswer
from handler.errors.catalogue import ANSWERS, OF_GATEWAY
from handler.errors.request import RequestError
from handler.settings import METRICS_NAMESPACE
from handler.telemetry.metrics import METRICS, MONITOR_METRICS, Metric
from ops.reference.markdown import first_line

OF_OPERATOR: Final[tuple[tuple[ErrorAnswer, str], ...]] = (
    *((answer, first_line(cls.__doc__)) for cls, answer in ANSWERS.items() if not issubclass(cls, RequestError)),
    (INTERNAL_ERROR, INTERNAL_ERROR.when or ""),
)
"""The function's errors that the operator can mend, each with what it means."""


def anchor(heading: str) -> str:
    """The anchor of the section about a code or a metric, on GitHub and on the site alike."""
    return heading.lower().replace("`", "").replace(" ", "-")


def gateway_heading(answer: ErrorAnswer) -> str:
    return f"{answer.status} `{answer.code}`"


def _logs(text: str) -> str:
    """A query as a block that tests run over the log lines of every fault."""
    return f"<!-- sample: log-lines -->\n```logs\n{text}\n```"


def query(*patterns: str) -> str:
    """A Logs Insights query for the newest lines that match all of these regular expressions."""
    filters = [f"| filter @message like /{pattern}/" for pattern in patterns]
    return "\n".join(["fields @timestamp, @message", *filters, "| sort @timestamp desc", "| limit 20"])


def query_of_error(answer: ErrorAnswer) -> str:
    """The query for the log lines of an error that the operator can mend."""
    if answer is INTERNAL_ERROR:
        return query('"message":"internal error"')
    return query('"message":"(no model to serve|refresh failed)"', f'"code":"{answer.code}"')


def query_of_metric(metric: Metric) -> str:
    """The query for the lines of the embedded format that hold a metric."""
    return query(f'"Name":"{metric.name}"')


ENDED: Final = query("Task timed out|Runtime exited|Runtime.OutOfMemory|Status: (timeout|error)")
"""The query for what Lambda itself writes when it ends the function."""


def statistics(namespace: str, name: str, statistic: str, *dimensions: tuple[str, str]) -> str:
    """The command that shows a metric of the last three hours."""
    named = " ".join(f'Name={dimension},Value="{value}"' for dimension, value in dimensions)
    return (
        f"aws cloudwatch get-metric-statistics --namespace {namespace} --metric-name {name} \\\n"
        f"  --dimensions {named} \\\n"
        f"  --statistics {statistic} --period 300 \\\n"
        '  --start-time "$(($(date +%s) - 3 * 3600))" --end-time "$(date +%s)"'
    )


OF_FUNCTION: Final = ("FunctionName", "$FUNCTION_NAME")
OF_STAGE: Final = (("ApiName", "$STACK_NAME"), ("Stage", "$STAGE"))

REFUSED: Final = (
    "The request never reaches the function, so the function's log has nothing of it. API Gateway's metric `4XXError` "
    "counts it together with all other answers from 400 to 499. Take away those that the function counts in its own "
    "metric [`Errors`](runbook.md#errors): the rest is the gateway's. Ask the client for the code in the answer."
    f"\n\n```sh\n{statistics('AWS/ApiGateway', '4XXError', 'Sum', *OF_STAGE)}\n```"
)
QUOTA: Final = (
    '\n\nHow much of the quota is left: `aws apigateway get-usage --usage-plan-id PLAN --key-id "$API_KEY_ID" '
    '--start-date DATE --end-date DATE`, where PLAN is what `aws apigateway get-usage-plans --key-id "$API_KEY_ID"` '
    "shows."
)

SEEN: Final[Mapping[tuple[int, str], str]] = {
    (403, "invalid_api_key"): REFUSED,
    (429, "throttled"): REFUSED,
    (429, "quota_exceeded"): REFUSED + QUOTA,
    (413, "request_too_large"): REFUSED,
    (403, "refused_by_gateway"): REFUSED,
    (500, "gateway_error"): (
        "The request never reached the function, so the function's log has nothing of it. See whether Lambda throttled "
        "the function, and whether the alias is there:\n\n```sh\n"
        + statistics("AWS/Lambda", "Throttles", "Sum", OF_FUNCTION)
        + '\naws lambda get-alias --function-name "$FUNCTION_NAME" --name live\n```'
    ),
    (502, "gateway_error"): f"Lambda writes into the function's log why it ended:\n\n{_logs(ENDED)}",
    (504, "gateway_error"): (
        "API Gateway's metric `IntegrationLatency` says how long it waited, and the function's metric `Duration` how "
        "long the function took:\n\n```sh\n"
        + statistics("AWS/ApiGateway", "IntegrationLatency", "Maximum", *OF_STAGE)
        + "\n"
        + statistics("AWS/Lambda", "Duration", "Maximum", OF_FUNCTION)
        + "\n```"
    ),
}
"""How to see each answer of the gateway."""


LINKED: Final = (
    (re.compile(r"\b[Rr]olls? back\b"), "runbook.md#3-roll-back"),
    (re.compile(r"\b[Dd]eploy(?= (it again|again|with|the commit)\b)"), "runbook.md#deploy-again"),
)
"""What an action says in passing and the page says in full, with the place."""


def _section(heading: str, meaning: str, seen: str, action: str) -> str:
    for words, place in LINKED:
        action = words.sub(lambda found, place=place: f"[{found[0]}]({place})", action, count=1)  # type: ignore[misc]
    return f"### {heading}\n\n{meaning}\n\n{seen}\n\n**What to do.** {action}"


def runbook_of_service() -> str:
    """A section for each error of the function that the operator can mend."""
    return "\n\n".join(
        _section(
            f"`{answer.code}`",
            f'{meaning} The client gets {answer.status} and reads "{answer.sentence}"',
            _logs(query_of_error(answer)),
            answer.action,
        )
        for answer, meaning in OF_OPERATOR
    )


def runbook_of_gateway() -> str:
    """A section for each answer that API Gateway gives by itself."""
    return "\n\n".join(
        _section(
            gateway_heading(answer),
            f"{answer.when} The client reads "
            + (f'"{answer.sentence}"' if answer.sentence else "API Gateway's own sentence."),
            SEEN[answer.status, answer.code],
            f"Tell the caller: {answer.action[0].lower()}{answer.action[1:]}" if answer.status < 500 else answer.action,
        )
        for answer in OF_GATEWAY
    )


def runbook_of_metrics() -> str:
    """A section for each metric, of the function and of the monitor."""
    return "\n\n".join(
        _section(f"`{metric.name}`", metric.meaning, _seen(metric), metric.when_high)
        for metric in (*METRICS, *MONITOR_METRICS)
    )


def _seen(metric: Metric) -> str:
    values = {"service": "$STACK_NAME", "function_name": "$FUNCTION_NAME"}
    namespace = METRICS_NAMESPACE.default or ""
    others = [dimension for dimension in metric.dimensions if dimension not in values]
    if others:
        command = (
            f"aws cloudwatch list-metrics --namespace {namespace} --metric-name {metric.name} \\\n"
            '  --dimensions Name=service,Value="$STACK_NAME"'
        )
        told = f"It is counted by `{others[0]}`. Which of them there are, and then the newest lines:"
    else:
        if metric in MONITOR_METRICS:
            # It is written to another log group than the one that the queries of this page are for.
            dimensions = [("service", values["service"])]
            return f"The last three hours:\n\n```sh\n{statistics(namespace, metric.name, 'Maximum', *dimensions)}\n```"
        statistic = "Sum" if metric.unit == "Count" else "Average Maximum"
        dimensions = [(dimension, values[dimension]) for dimension in metric.dimensions]
        command = statistics(namespace, metric.name, statistic, *dimensions)
        told = "The last three hours, and then the newest lines:"
    return f"{told}\n\n```sh\n{command}\n```\n\n{_logs(query_of_metric(metric))}"
