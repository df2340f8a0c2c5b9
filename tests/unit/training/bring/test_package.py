"""The command `package` end to end: it inspects and proves in isolated processes, and says how it went.

What it makes of each kind of model is tested without processes beside this; `tests/bring` has more ways to the end.
"""

import io
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import joblib
import pytest
from sklearn.linear_model import LogisticRegression

from handler.registry.manifest import Manifest
from tests.unit.training.packaging import (
    IRIS,
    NAMES,
    ROW,
    Understood,
    dumped,
    fitted_iris,
    package_model,
    packaged,
    refused,
    table,
    understand,
)
from training.bring.brought_model import package
from training.bring.stated import Stated
from training.errors import UnpackableArtifact

NUMBERED = LogisticRegression(max_iter=200).fit(table(), IRIS.target)
CLASSES = ("--classes", "one,two,three")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """One run of the command, and the folder that it wrote."""
    folder = tmp_path_factory.mktemp("package")
    result = package_model(folder, NUMBERED, [ROW, dict(zip(NAMES, ROW, strict=True))], *CLASSES)
    return SimpleNamespace(result=result, manifest=packaged(result, folder), out=folder / "out")


def test_the_folder_is_whole_and_its_report_says_what_is_not_known(run: SimpleNamespace) -> None:
    assert {path.name for path in run.out.iterdir()} == {"manifest.json", "model.joblib", "report.html"}
    report = (run.out / "report.html").read_text()
    assert "neither its data nor its metrics are known" in report
    assert "There is none. The ranges of its numbers are not known" in report
    assert "No twin: The ranges of its numbers are not known" in run.result.stderr


def test_the_processes_make_of_a_model_what_its_inspection_and_its_proof_make_of_it_here(
    run: SimpleNamespace, tmp_path: Path
) -> None:
    here: Understood = understand(tmp_path, NUMBERED, [ROW, ROW], *CLASSES)
    written: Manifest = run.manifest
    assert (written.features, written.target, written.examples) == (
        here.manifest.features,
        here.manifest.target,
        here.manifest.examples,
    )
    assert written.training == here.manifest.training
    # The bytes may differ: which equal texts a pickle writes once depends on what else the process has interned.
    assert joblib.hash(joblib.load(run.out / "model.joblib")) == joblib.hash(joblib.load(io.BytesIO(here.artifact)))
    assert all(note in run.result.stderr for note in here.notes.split("\n"))


def test_a_model_that_cannot_be_served_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    result = package_model(tmp_path, fitted_iris(), ROW[:3], "--features", "a,b,c")
    refused(result, "Error: The model takes 4 values, and 3 features are named")
    assert not (tmp_path / "out").exists()


class Ends:
    """Ends the interpreter that loads it."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (7,)


def test_a_model_that_ends_its_interpreter_takes_nobody_along(tmp_path: Path) -> None:
    (tmp_path / "mine.joblib").write_bytes(dumped(Ends()))
    stated = Stated("mine", None, None, ("target",), (ROW,))
    with pytest.raises(UnpackableArtifact, match=r"ends the process that loads it \(the process ended with 7\)"):
        package(tmp_path / "mine.joblib", stated, tmp_path / "out")
