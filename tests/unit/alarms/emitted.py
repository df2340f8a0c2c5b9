"""The metrics that there are: those that the real code writes in CloudWatch's embedded format, and those of AWS."""

import io
import json
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from handler.monitoring.monitor.telling import MonitorLog
from tests.conftest import Context
from tests.docs.runbook.log_lines import lines_of_faults, lines_of_metrics
from tests.unit.alarms.declared import RESOURCES, Series, as_text
from tests.unit.handler.models import Version
from tests.unit.handler.monitoring.monitor.reports import report

GATEWAY_DIMENSIONS: Final = ({"ApiName"}, {"ApiName", "Stage"}, {"ApiName", "Method", "Resource", "Stage"})
LAMBDA_DIMENSIONS: Final[tuple[set[str], ...]] = (
    *(set(), {"FunctionName"}, {"FunctionName", "Resource"}),
    {"FunctionName", "Resource", "ExecutedVersion"},
)
OF_AWS: Final = {
    # API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics".
    "AWS/ApiGateway": ({"4XXError", "5XXError", "Count", "IntegrationLatency", "Latency"}, GATEWAY_DIMENSIONS),
    # AWS Lambda Developer Guide, "Types of metrics for Lambda functions" and "Using CloudWatch metrics with Lambda".
    "AWS/Lambda": ({"Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"}, LAMBDA_DIMENSIONS),
    # Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS".
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"}, ({"QueueName"},)),
}
"""What AWS documents of its own metrics: names, and the sets of dimensions that each is counted under."""

API_NAME: Final = "${AWS::StackName}"
"""What SAM calls an API that has no name; tests/template looks at what SAM makes."""


def of_function(version: Version, folder: Path) -> set[Series]:
    """What the function that predicts emits, with each reason for a 503, as CloudWatch would find it in the stack."""
    lines = lines_of_metrics(version, folder)
    for of_fault in lines_of_faults(version, folder).values():
        lines += of_fault
    return set(_series(lines, "PredictFunction"))


def of_monitor() -> set[Series]:
    """What the monitor emits."""
    with redirect_stdout(io.StringIO()) as output:
        MonitorLog({}, cast(LambdaContext, Context())).measure(report("drift"))
    return set(_series(output.getvalue().splitlines(), "MonitorFunction"))


def _series(lines: Iterable[str], function: str) -> Iterable[Series]:
    """The metrics of these lines, named as in the stack, which gives the function its service's name and namespace."""
    variables = RESOURCES[function]["Properties"]["Environment"]["Variables"]
    in_stack = {
        "service": as_text(variables["POWERTOOLS_SERVICE_NAME"]),
        "function_name": f"${{{function}}}",
    }
    for line in map(json.loads, lines):
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            assert directive["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
            for dimensions in directive["Dimensions"]:
                named = frozenset((each, in_stack.get(each, str(line[each]))) for each in dimensions)
                yield from (Series(directive["Namespace"], metric["Name"], named) for metric in directive["Metrics"])


def wrong_with(series: Series, emitted: set[Series]) -> str | None:
    """Why there is no such metric in the stack; None where there is."""
    if series.namespace in OF_AWS:
        return _wrong_with_aws(series)
    alike = [each for each in emitted if (each.namespace, each.name) == (series.namespace, series.name)]
    if not alike:
        return f"nothing emits {series.namespace} {series.name}"
    if any(_matches(series, each) for each in alike):
        return None
    return f"{series.name} is emitted under {sorted(map(_shown, alike))}, not under {_shown(series)}"


def _matches(series: Series, emitted: Series) -> bool:
    wanted, had = dict(series.dimensions), dict(emitted.dimensions)
    return wanted.keys() == had.keys() and all(value in (None, had[name]) for name, value in wanted.items())


def _shown(series: Series) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(series.dimensions))


def _wrong_with_aws(series: Series) -> str | None:
    names, sets = OF_AWS[series.namespace]
    given = dict(series.dimensions)
    if series.name not in names or set(given) not in sets:
        return f"AWS documents no {series.name} under {_shown(series)} in {series.namespace}"
    for dimension, value in given.items():
        if value not in _in_stack(dimension):
            return f"the stack has no {dimension} {value}"
    return None


def _in_stack(dimension: str) -> set[Any]:
    """What a dimension of AWS's may be, for it to be of this stack."""
    of_type = {"FunctionName": "AWS::Serverless::Function", "QueueName": "AWS::SQS::Queue"}
    if dimension in of_type:
        names = {name for name, resource in RESOURCES.items() if resource["Type"] == of_type[dimension]}
        return {f"${{{name}.QueueName}}" if dimension == "QueueName" else f"${{{name}}}" for name in names}
    stage = as_text(RESOURCES["PredictApi"]["Properties"]["StageName"])
    return {"ApiName": {API_NAME}, "Stage": {stage}}.get(dimension, set())
