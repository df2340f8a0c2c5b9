"""template.yaml after SAM's transform and with its conditions resolved: what CloudFormation would make."""

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ops.commands import ROOT, SAM, ToolMissing, environment

SCRIPT = Path(__file__).with_name("translate.py")
NO_VALUE = {"Ref": "AWS::NoValue"}
COMBINED: Mapping[str, Callable[[Iterable[bool]], bool]] = {
    **{"Fn::And": all, "Fn::Or": any},
    "Fn::Not": lambda parts: not any(parts),
}


@cache
def transformed(**parameters: str) -> Any:
    """The template after the transform, not to be changed; raises ToolMissing if SAM is not installed."""
    if not SAM.exists():
        raise ToolMissing(f"{SAM} is missing: run `make .tools/sam/installed`.")
    command = [str(SAM.with_name("python")), str(SCRIPT), str(ROOT / "template.yaml")]
    command += [f"{name}={value}" for name, value in parameters.items()]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


def translated(**parameters: str) -> Any:
    """The resources that there are with these parameters, their conditions resolved."""
    template = transformed(**parameters)
    values = {name: parameter.get("Default") for name, parameter in template["Parameters"].items()} | parameters
    conditions = template.get("Conditions", {})
    holds = {name: _holds(condition, values, conditions) for name, condition in conditions.items()}
    resources = template["Resources"]
    kept = {name: resource for name, resource in resources.items() if holds.get(resource.get("Condition"), True)}
    return resolved(kept, values, holds)


def resolved(part: Any, values: dict[str, Any], holds: dict[str, bool]) -> Any:
    """`part` with `Fn::If` and references to parameters resolved; what has no value is left out."""
    if isinstance(part, list):
        return [resolved(item, values, holds) for item in part if resolved(item, values, holds) != NO_VALUE]
    if not isinstance(part, dict):
        return part
    if set(part) == {"Fn::If"}:
        condition, so, otherwise = part["Fn::If"]
        return resolved(so if holds[condition] else otherwise, values, holds)
    if set(part) == {"Ref"} and part["Ref"] in values:
        return values[part["Ref"]]
    items = {name: resolved(item, values, holds) for name, item in part.items()}
    return {name: item for name, item in items.items() if item != NO_VALUE}


def _holds(condition: Any, values: dict[str, Any], conditions: dict[str, Any]) -> bool:
    """Whether `condition` holds; it may name others of `conditions`."""
    ((kind, arguments),) = condition.items()
    if kind == "Condition":
        return _holds(conditions[arguments], values, conditions)
    if kind in COMBINED:
        return COMBINED[kind](_holds(each, values, conditions) for each in arguments)
    assert kind == "Fn::Equals", f"teach this module {kind}"
    one, other = (values[item["Ref"]] if isinstance(item, dict) else item for item in arguments)
    return bool(one == other)
