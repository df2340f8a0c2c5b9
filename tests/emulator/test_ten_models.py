"""The package that is deployed answers for each of the ten models, and for one of every kind of feature, as the model's
own estimator answers.

The emulator starts Lambda's runtime client under CPython 3.13, which has nothing of scikit-learn but what is in the
package. Every model gets an environment of its own: the first request finds it cold, the others warm.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.emulator import INIT_REPORT, Emulator, architecture_here
from bench.packages import Contender, ours
from handler.records.signature import Value
from handler.rows.dtype import typed_rows
from tests.emulator.conftest import HERE
from tests.models.ten_models import MODELS, predict_event, publish_and_serve
from tests.served_models import kinds

ROWS = 20
ROWS_ALONE = 3

pytestmark = HERE


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Contender:
    """This commit's package for this machine, zipped as SAM does and unzipped as Lambda does."""
    return ours(tmp_path_factory.mktemp("package"), architecture_here())


@pytest.mark.parametrize("name", MODELS)
def test_the_package_answers_cold_and_warm_as_the_estimator_itself(
    name: str, package: Contender, emulator: Emulator, tmp_path: Path
) -> None:
    model = publish_and_serve(name, tmp_path)
    rows = model.rows(ROWS)
    assert len(rows) > ROWS_ALONE
    environ = {"MODEL_URI": str(model.registry), "TMPDIR": str(tmp_path)}
    log = tmp_path / "emulator.log"
    with emulator.started(package.task, package.handler, environ, log) as started:
        for asked in (rows, *([row] for row in rows[:ROWS_ALONE])):
            answer = started.ask(json.dumps(predict_event(asked)).encode())
            assert answer.get("statusCode") == 200, f"{answer}. Its log: {log.read_text()[-3000:]}"
            model.assert_answered_as_the_estimator(asked, answer)
    assert len(INIT_REPORT.findall(log.read_text())) == 1


def test_the_package_answers_for_every_kind_of_feature_as_the_estimator_itself(
    package: Contender, emulator: Emulator, tmp_path: Path
) -> None:
    version = kinds()
    rows: list[Sequence[Value]] = [
        [None, 2, None, None, "none of these words", 4711, True, None],
        version.manifest.example.features,
    ]
    expected = version.load().predict(typed_rows(rows, version.manifest.features))
    environ = {"MODEL_URI": str(version.write(tmp_path / "registry")), "TMPDIR": str(tmp_path)}
    with emulator.started(package.task, package.handler, environ, tmp_path / "emulator.log") as started:
        answer = started.ask(json.dumps(predict_event(rows)).encode())
        assert answer["statusCode"] == 200, answer
        for one, wanted in zip(json.loads(answer["body"])["predictions"], expected, strict=True):
            assert one["probabilities"] == pytest.approx(wanted["probabilities"], rel=1e-12)
        refused = started.ask(json.dumps(predict_event([["old", "2", 1, "Z", "x" * 41, 1.5, None, 5]])).encode())
        assert (refused["statusCode"], len(json.loads(refused["body"])["details"])) == (422, 8)
