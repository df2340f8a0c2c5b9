"""A fragment on a page, added to template.yaml as a reader would: it must pass the linter and the transform.

Mappings are merged name by name; any other value takes the place of the one that was there. Whether AWS does what the
page says is left to AWS.
"""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ops.commands import ROOT, SAM, environment
from tests.docs.fences import Fence
from tests.docs.reader import Reader
from tests.template.translated import SCRIPT
from tests.unit.template import TEMPLATE, Loader

EXAMPLES = {
    "List<AWS::EC2::Subnet::Id>": "subnet-0123456789abcdef0",
    "AWS::EC2::SecurityGroup::Id": "sg-0123456789abcdef0",
    "AWS::EC2::VPC::Id": "vpc-0123456789abcdef0",
}
"""A value for a parameter of the fragment, by its type; any other gets a word."""


def check(block: Fence, _: Reader) -> None:
    with tempfile.TemporaryDirectory() as folder:
        require_sound(block.text, Path(folder))


def merged(fragment: str) -> dict[str, Any]:
    """template.yaml with the fragment in it, in CloudFormation's long form."""
    addition = yaml.load(fragment, Loader)  # noqa: S506 - it is a SafeLoader
    assert isinstance(addition, dict)
    assert addition.keys() <= TEMPLATE.keys(), "a fragment has the sections of template.yaml"
    result = _merged(TEMPLATE, addition)
    assert isinstance(result, dict)
    return result


def require_sound(fragment: str, folder: Path) -> dict[str, Any]:
    """The template that SAM's transform makes of the two; raises AssertionError with what the tool says."""
    template = merged(fragment)
    file = folder / "template.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    _run([str(SAM), "validate", "--lint", "--template", str(file)])
    parameters = yaml.load(fragment, Loader).get("Parameters", {})  # noqa: S506 - as above
    values = [f"{name}={EXAMPLES.get(about['Type'], 'example')}" for name, about in parameters.items()]
    transformed = _run([str(SAM.with_name("python")), str(SCRIPT), str(file), *values])
    # Only here a name shows that the transform does not know, as in DependsOn.
    file.write_text(transformed, encoding="utf-8")
    _run([str(SAM.with_name("cfn-lint")), "--non-zero-exit-code", "error", str(file)])
    made: dict[str, Any] = json.loads(transformed)
    return made


def _merged(base: Any, addition: Any) -> Any:
    if not isinstance(base, Mapping) or not isinstance(addition, Mapping):
        return addition
    return {**base, **{name: _merged(base.get(name), value) for name, value in addition.items()}}


def _run(command: list[str]) -> str:
    done = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
