"""The section of template.yaml that has the alarms, as a template of its own, so that a stand-in makes it in seconds.

What the section refers to outside of itself is a parameter here, and each queue a plain queue. There is an alarm for
messages too, as where a parameter asks for a queue.
"""

import json
import re
from typing import Any, Final

from tests.unit.template import PATH, TEMPLATE

OUTSIDE: Final = {
    "PredictFunction": "alarms-predict",
    "MonitorFunction": "alarms-monitor",
    "PredictLogGroup": "/aws/lambda/alarms-predict",
    "ModelBucket": "alarms-models",
}


def section() -> dict[str, Any]:
    """The resources under the heading of the alarms."""
    text = PATH.read_text().split("# Alarms, dashboard, topic\n", 1)[1].split("# Rights for people and CI", 1)[0]
    return {name: TEMPLATE["Resources"][name] for name in re.findall(r"^  (\w+):$", text, re.MULTILINE)}


def template() -> str:
    """The template, as JSON."""
    asked = TEMPLATE["Parameters"] | {"Queue": TEMPLATE["Parameters"]["Queue"] | {"Default": "enabled"}}
    queues = {name: {"Type": "AWS::SQS::Queue"} for name in ("DriftUndelivered", "DeadLetterQueue")}
    outside = {name: {"Type": "String", "Default": value} for name, value in OUTSIDE.items()}
    document = {
        "Parameters": asked | outside,
        "Conditions": TEMPLATE["Conditions"],
        "Resources": section() | queues,
        "Outputs": {"Topic": {"Value": {"Ref": "MonitoringTopic"}}},
    }
    return json.dumps(_with_lists(document))


def _with_lists(part: Any) -> Any:
    """`part` with each `Fn::GetAtt` in the form that JSON has for it."""
    if isinstance(part, list):
        return [_with_lists(each) for each in part]
    if not isinstance(part, dict):
        return part
    if set(part) == {"Fn::GetAtt"} and isinstance(part["Fn::GetAtt"], str):
        return {"Fn::GetAtt": part["Fn::GetAtt"].split(".")}
    return {name: _with_lists(each) for name, each in part.items()}
