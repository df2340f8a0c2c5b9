"""`sam local invoke` with each event of events/ gives the answer that tests/events_expected.py states.

Each is a new container: SAM's runtime interface emulator, the package as it was built, read-only, and a cold start.
"""

import json
from typing import Any

import pytest
import yaml

from ops.commands import sam
from ops.local_model import PACKAGE
from tests.events_expected import EVENTS, EXPECTED
from tests.unit.template import Loader


def invoke(name: str) -> dict[str, Any]:
    event = str(EVENTS / f"{name}.json")
    # SAM prints the answer as the last line of standard output, and the function's log on standard error.
    said = sam("local", "invoke", "PredictFunction", "--event", event, seconds=60)
    answer: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return answer


def test_every_event_states_its_answer() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_event_gets_its_stated_answer_in_the_container(name: str, version: str) -> None:
    expected = EXPECTED[name]
    answer = invoke(name)
    body = json.loads(answer["body"])
    assert answer["statusCode"] == expected.status, body
    assert body.get("code") == expected.code
    if expected.predictions:
        rows = body.get("predictions", [body])
        assert tuple(row["prediction"] for row in rows) == expected.predictions
        assert body["model"]["version"] == version


@pytest.mark.usefixtures("version")
def test_every_function_has_the_package_that_was_built_here() -> None:
    """Only one has a build of its own, and SAM would leave the others that of another folder."""
    resources = yaml.load((PACKAGE / "template.yaml").read_text(), Loader)["Resources"]  # noqa: S506 - it is a SafeLoader
    named = [resource["Properties"].get("CodeUri") for resource in resources.values()]
    # For requests, the monitor, for chunks and for messages.
    assert [place for place in named if place] == ["PredictFunction"] * 4
