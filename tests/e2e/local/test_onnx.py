"""The ONNX package in the container answers each event as the other does, with the same version, by its twin.

`sam local invoke` gets one event in a container of its own; all go to one that `sam local start-lambda` keeps.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from handler.registry.chain import MANIFEST_FILE
from handler.registry.manifest import Manifest
from ops import local_model
from ops.commands import REGION, ROOT, sam
from ops.http_client import free_port
from tests.e2e.local.started import started
from tests.events_expected import EVENTS, EXPECTED

PACKAGE = ROOT / ".aws-sam/local-onnx"
OPTIONS = (
    *("--template", str(PACKAGE.relative_to(ROOT) / "template.yaml"), "--env-vars", "ops/local_environment.json"),
    "--skip-pull-image",
)
"""What samconfig.toml says of the package that `make local-model` builds."""
OURS = ('{"level":"INFO"', '{"_aws":')
"""How the lines begin that a function logs which has nothing to complain of."""


@pytest.fixture(scope="module")
def served(version: str) -> Manifest:
    """The ONNX package is built, with the registry of the other in it; gives the manifest of what serves."""
    local_model.build("onnx", PACKAGE)
    shutil.copytree(local_model.PACKAGE / local_model.REGISTRY, PACKAGE / local_model.REGISTRY)
    return Manifest.from_json((PACKAGE / local_model.REGISTRY / "versions" / version / MANIFEST_FILE).read_bytes())


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("start-lambda") / "log"


@pytest.fixture(scope="module")
def function(served: Manifest, log: Path) -> Iterator[Any]:  # noqa: ARG001 - a stage, not a value
    """The client of a Lambda that has the package alone, in a container that is kept."""
    port = free_port()
    unsigned = Config(signature_version=UNSIGNED, read_timeout=60)
    client = boto3.client("lambda", REGION, endpoint_url=f"http://127.0.0.1:{port}", config=unsigned)
    options = [*OPTIONS, "--port", str(port), "--warm-containers", "LAZY"]
    with started("start-lambda", options, log, lambda: invoke(client, "health_rest_api")):
        yield client


def invoke(client: Any, name: str) -> dict[str, Any]:
    done = client.invoke(FunctionName="PredictFunction", Payload=(EVENTS / f"{name}.json").read_bytes())
    answer: dict[str, Any] = json.loads(done["Payload"].read())
    return answer


def test_sam_local_invoke_answers_by_the_twin_and_logs_nothing_else(served: Manifest, tmp_path: Path) -> None:
    log = tmp_path / "log"
    sam(
        *("local", "invoke", "PredictFunction", *OPTIONS, "--event", str(EVENTS / "predict_features.json")),
        *("--log-file", str(log)),
        seconds=60,
    )
    lines = log.read_text().splitlines()
    # After the answer the emulator ends the runtime, which may complain of it.
    (place,) = (place for place, line in enumerate(lines) if line.startswith('{"statusCode"'))
    lines, answer = lines[:place], json.loads(lines[place])
    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["prediction"]) == (200, "versicolor"), body
    assert body["model"]["version"] == served.version
    assert body["model"]["sha256"] == served.artifacts["onnx"].sha256 != served.artifact.sha256
    ours = [line for line in lines if line.strip() and not line.startswith(("START ", "END ", "REPORT "))]
    assert ours
    assert [line for line in ours if not line.startswith(OURS)] == []


def test_every_event_gets_its_stated_answer_from_the_onnx_package(function: Any, served: Manifest) -> None:
    for name, expected in EXPECTED.items():
        answer = invoke(function, name)
        body = json.loads(answer["body"])
        assert (answer["statusCode"], body.get("code")) == (expected.status, expected.code), name
        if expected.predictions:
            rows = body.get("predictions", [body])
            assert tuple(row["prediction"] for row in rows) == expected.predictions, name
            assert body["model"]["version"] == served.version
