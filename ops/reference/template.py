"""What template.yaml says of itself: its parameters, its outputs and its alarms.

It is read as it is written: with each property of these on a line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ops.commands import ROOT
from ops.reference.markdown import code, table

CENTS: Final = 10
"""Of one alarm of standard resolution in a month, in us-east-1 (Amazon CloudWatch pricing, "Alarms")."""

ALARM: Final = re.compile(r"^  (\w+):\n    Type: AWS::CloudWatch::Alarm\n((?:    .*\n)+)", re.MULTILINE)
OF_STREAMS: Final = "Condition: HasStreamAlarms"
"""Of an alarm that is there only where a parameter brings what it is about."""
PROPERTY: Final = re.compile(r"^      (\w+): (.*)$", re.MULTILINE)
TO_DO: Final = " What to do: "
SIGNS: Final = {
    "GreaterThanOrEqualToThreshold": "at least",
    "GreaterThanThreshold": "above",
    "LessThanThreshold": "below",
}


def template_section(name: str) -> Iterable[tuple[str, Mapping[str, str]]]:
    """The entries of one section of template.yaml, which writes each property of them on a line."""
    section = re.split(r"^(\w+):\n", (ROOT / "template.yaml").read_text(), flags=re.MULTILINE)
    text = section[section.index(name) + 1]
    for entry, properties in re.findall(r"^  (\w+):\n((?:    .*\n)+)", text, re.MULTILINE):
        yield (
            entry,
            {key: value.strip("\"'") for key, value in re.findall(r"^    (\w+): (.*)$", properties, re.MULTILINE)},
        )


def parameters() -> str:
    rows = []
    for name, said in template_section("Parameters"):
        takes = [
            said[key].strip("[]") if key == "AllowedValues" else said[key]
            for key in ("AllowedPattern", "AllowedValues")
            if key in said
        ]
        bounds = [said[key] for key in ("MinValue", "MaxValue") if key in said]
        takes += [" to ".join(bounds) if len(bounds) == 2 else f"from {bounds[0]}"] if bounds else []
        rows.append((code(name), code(said["Default"]), code(" ".join(takes)), said["Description"]))
    return table(("parameter", "default", "takes", "meaning"), rows)


def outputs() -> str:
    return table(
        ("output", "meaning"), ((code(name), said["Description"]) for name, said in template_section("Outputs"))
    )


@dataclass(frozen=True)
class Alarm:
    """One alarm: the end of its name, what it means, the runbook's section, and its properties as they are written.

    `of_streams` are those that only a queue or a stream brings.
    """

    name: str
    meaning: str
    section: str
    properties: Mapping[str, str]
    of_streams: bool = False

    @property
    def rings(self) -> str:
        """When it rings, in words."""
        said = self.properties
        statistic = said.get("Statistic") or said["ExtendedStatistic"]
        threshold = said["Threshold"].removeprefix("!Ref ")
        most, minutes = int(said["EvaluationPeriods"]), int(said["Period"]) // 60
        least = int(said.get("DatapointsToAlarm", most))
        span = "1 h" if minutes == 60 else f"{minutes} min"
        if most > 1:
            span = f"{least} of {most} spans of {span}" if least < most else f"{most} spans of {span}"
        return f"`{said['MetricName']}`, {statistic} {SIGNS[said['ComparisonOperator']]} {threshold}, {span}"


def declared_alarms() -> Iterable[Alarm]:
    """Every alarm, in the order of the template."""
    for _, text in ALARM.findall((ROOT / "template.yaml").read_text(encoding="utf-8")):
        said = {name: value.strip('"') for name, value in PROPERTY.findall(text)}
        meaning, _, place = said["AlarmDescription"].partition(TO_DO)
        yield Alarm(said["AlarmName"].removeprefix("!Sub ${AWS::StackName}-"), meaning, place, said, OF_STREAMS in text)


def alarms() -> str:
    """Each alarm, with what it costs."""
    rows = []
    for alarm in declared_alarms():
        page, _, anchor = alarm.section.removeprefix("docs/").partition("#")
        link = f"[what to do]({page}#{anchor})"
        rows.append((code(alarm.name), alarm.meaning, alarm.rings, f"${CENTS / 100:.2f}", link))
    more = sum(alarm.of_streams for alarm in declared_alarms())
    always = len(rows) - more
    rows.append((f"{always} in all", "", "", f"${always * CENTS / 100:.2f}", ""))
    rows.append((f"{more} more with a queue or a stream", "", "", f"${more * CENTS / 100:.2f}", ""))
    return table(("alarm", "means", "rings at", "a month", "in the runbook"), rows)
