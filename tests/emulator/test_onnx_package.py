"""The package with ONNX Runtime answers by the twins of a forest and of a model of strings, cold and warm, as the
estimators themselves answer, and prints nothing but its log."""

import json
from pathlib import Path

import pytest

from bench.emulator import INIT_REPORT, Emulator, architecture_here
from bench.packages import Contender, ours
from bench.processes import peak_bytes_of_children
from handler.engines.shipped import FORMS
from handler.serving.self_test import MOST_TOLERANCE
from tests.emulator.conftest import HERE
from tests.emulator.test_ten_models import ROWS
from tests.models.ten_models import predict_event, publish_and_serve

MOST_BYTES = 150_000_000
"""Resident at the most, with libraries, for a model of some hundred kilobytes: little above what an import takes."""

EMULATOR = ("START ", "END ", "REPORT ")
"""How lines of the emulator's begin that are not of `(rapid)`."""

pytestmark = HERE


@pytest.fixture(scope="module")
def onnx_package(tmp_path_factory: pytest.TempPathFactory) -> Contender:
    """This commit's package for this machine, zipped as SAM does and unzipped as Lambda does."""
    return ours(tmp_path_factory.mktemp("package"), architecture_here(), "onnx")


@pytest.mark.parametrize("name", ["random-forest", "categories-and-gaps"])
def test_the_package_answers_by_the_twin_as_the_estimator_itself(
    name: str,
    onnx_package: Contender,
    emulator: Emulator,
    tmp_path: Path,
) -> None:
    model = publish_and_serve(name, tmp_path)
    assert model.manifest.artifacts.keys() == FORMS.keys()
    rows = model.rows(ROWS)
    environ = {"MODEL_URI": str(model.registry), "TMPDIR": str(tmp_path)}
    log = tmp_path / "emulator.log"
    with emulator.started(onnx_package.task, onnx_package.handler, environ, log) as started:
        for asked in (rows[:1], rows):
            answer = started.ask(json.dumps(predict_event(asked)).encode())
            assert answer.get("statusCode") == 200, f"{answer}. Its log: {log.read_text()[-3000:]}"
            model.assert_answered_as_the_estimator(asked, answer, near=MOST_TOLERANCE)
            assert json.loads(answer["body"])["model"]["sha256"] == model.manifest.artifacts["onnx"].sha256
        peak = peak_bytes_of_children(started.pid)
        lines = log.read_text().splitlines()
    print(f"\n{name}: {peak:,} bytes resident at the most")
    assert peak <= MOST_BYTES
    assert len(INIT_REPORT.findall("\n".join(lines))) == 1
    printed = [line for line in lines if "(rapid)" not in line and not line.startswith(EMULATOR)]
    assert len(printed) >= 2
    assert [line for line in printed if not isinstance(json.loads(line), dict)] == []
