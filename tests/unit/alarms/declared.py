"""The metrics that template.yaml names in its alarms and its dashboard, in one form."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.unit.template import TEMPLATE

RESOURCES: Mapping[str, Any] = TEMPLATE["Resources"]


@dataclass(frozen=True)
class Series:
    """A metric as CloudWatch finds it: by its namespace, its name, and exactly these dimensions.

    What the stack names is written as in `Fn::Sub`: `${AWS::StackName}`. A value of None stands for each that there is.
    """

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str | None]]


def alarms() -> dict[str, Any]:
    """The properties of each alarm, by its logical id."""
    every = RESOURCES.items()
    return {name: resource["Properties"] for name, resource in every if resource["Type"] == "AWS::CloudWatch::Alarm"}


def series_of(alarm: Mapping[str, Any]) -> Series:
    """What an alarm with these properties looks at."""
    dimensions = frozenset((each["Name"], as_text(each["Value"])) for each in alarm["Dimensions"])
    return Series(alarm["Namespace"], alarm["MetricName"], dimensions)


def as_text(value: Any) -> str:
    """A value of a template as `Fn::Sub` would write it."""
    if isinstance(value, str):
        return value
    ((_, name),) = value.items()
    return f"${{{name}}}"


def dashboard(monitor: bool = True, streams: bool = True) -> Any:
    """The dashboard's document, with or without the monitor's part and that of streams."""
    text, parts = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, part in parts.items():
        condition, there, otherwise = part["Fn::If"]
        holds = {"HasMonitor": monitor, "HasStreams": streams}[condition]
        text = text.replace(f"${{{name}}}", there["Fn::Sub"] if holds else otherwise)
    return json.loads(text)


SEARCH = re.compile(r"SEARCH\('\{([\w/]+),([\w,]+)\} MetricName=\"(\w+)\"((?: \w+=\"[^\"]+\")*)', '\w+', \d+\)")


def series_of_dashboard(document: Any) -> Iterator[Series]:
    """Every metric that the dashboard shows."""
    for widget in document["widgets"]:
        for metric in widget["properties"].get("metrics", []) if widget["type"] == "metric" else []:
            if isinstance(metric[0], dict):
                yield _searched(metric[0]["expression"])
                continue
            namespace, name, *rest = [part for part in metric if isinstance(part, str)]
            yield Series(namespace, name, frozenset(zip(rest[::2], rest[1::2], strict=True)))


def _searched(expression: str) -> Series:
    found = SEARCH.fullmatch(expression)
    assert found, expression
    namespace, dimensions, name, given = found.groups()
    values = dict(re.findall(r' (\w+)="([^"]+)"', given))
    return Series(namespace, name, frozenset((each, values.get(each)) for each in dimensions.split(",")))
