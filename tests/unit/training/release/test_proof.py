"""What would not serve on Lambda is refused before it is published or promoted, with the reason."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import runstring
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from handler.errors.model import ArtifactDigestMismatch, ArtifactSizeMismatch, InvalidManifest
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import ArtifactFile, Manifest, sha256
from tests.unit.training.dumping import dump_estimator
from training.errors import InvalidFolder, UnprovedArtifact
from training.release.proof import prove
from training.release.publish import TrainedFolder, publish, read_folder
from training.release.stores.schemes import open_writable_store


class OnlyHere(BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """An estimator whose class Lambda does not have."""

    classes_ = np.arange(3)

    def predict(self, rows: NDArray[Any]) -> NDArray[Any]:
        return np.ones(len(rows), dtype=int)


class Hidden:
    """Runs code when it is loaded, by a function of numpy's, which a model may import."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> tuple[Callable[[str, dict[str, Any]], object], tuple[str, dict[str, Any]]]:
        return runstring, (self.code, {})


class MakesFolder:
    """Makes a folder when it is loaded."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, (str(self.place),)


CRASH = Hidden("import os; os._exit(7)")
SHOUT = Hidden("import os; os.write(2, b'\\x1b[2J\\x9b31m all is fine\\n'); os._exit(3)")
"""Has the terminal of whoever reads its last words cleared, and a sentence of its own shown."""


def artifact_of(estimator: object, manifest: Manifest) -> VerifiedArtifact:
    """An artifact that is verified, as far as bytes go."""
    return of_bytes(dump_estimator(estimator), manifest)


def of_bytes(data: bytes, manifest: Manifest) -> VerifiedArtifact:
    digest = sha256(data)
    file = ArtifactFile("model.joblib", len(data), digest)
    version = f"{manifest.version[:16]}-{digest[:8]}"
    return VerifiedArtifact(replace(manifest, version=version, artifacts={"joblib": file}), data)


def test_a_model_whose_class_lambda_does_not_have_is_refused_by_name_though_the_path_here_has_it(
    iris_manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[4]))
    with pytest.raises(
        UnprovedArtifact, match=r"and not loaded\. The model imports tests\..*OnlyHere, and the function"
    ):
        prove(artifact_of(OnlyHere(), iris_manifest))
    with pytest.raises(UnprovedArtifact, match=r"would not serve: UnloadableArtifact.*No module named 'tests'"):
        prove(artifact_of(Hidden("import tests"), iris_manifest))


def test_a_model_that_calls_what_no_model_needs_is_refused_before_it_is_loaded(
    iris_manifest: Manifest, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    with pytest.raises(UnprovedArtifact, match=r"and not loaded\. The model imports posix\.mkdir of Python itself"):
        prove(artifact_of(MakesFolder(mark), iris_manifest))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("data", "words"), [(b"<!DOCTYPE html><html>", "HTML page"), (b"\x80\x04\x95", "ends before the model does")]
)
def test_what_is_no_pickle_is_refused_by_its_kind(iris_manifest: Manifest, data: bytes, words: str) -> None:
    with pytest.raises(UnprovedArtifact, match=rf"model\.joblib of .* was looked into, and not loaded\. .*{words}"):
        prove(of_bytes(data, iris_manifest))


def test_a_model_that_ends_its_interpreter_takes_nobody_along(iris_manifest: Manifest) -> None:
    with pytest.raises(UnprovedArtifact, match="would not serve: the process ended with 7"):
        prove(artifact_of(CRASH, iris_manifest))


def test_what_a_model_says_last_cannot_steer_the_terminal_that_shows_it(iris_manifest: Manifest) -> None:
    with pytest.raises(UnprovedArtifact, match="would not serve") as raised:
        prove(artifact_of(SHOUT, iris_manifest))
    assert str(raised.value).isprintable()
    assert "all is" in str(raised.value)


def test_a_model_that_does_not_repeat_its_example_is_refused_and_nothing_is_published(
    iris: TrainedFolder, tmp_path: Path
) -> None:
    manifest = iris.manifest
    other = [value + 3 for value in manifest.example.features if isinstance(value, float)]
    wrong = replace(manifest, example=replace(manifest.example, features=tuple(other)))
    folder = replace(iris, artifact=VerifiedArtifact(wrong, iris.artifact.data))
    with pytest.raises(UnprovedArtifact, match="SelfTestFailed"):
        publish(folder, open_writable_store(str(tmp_path / "iris")))
    assert not (tmp_path / "iris").exists()


@pytest.mark.parametrize("file", ["manifest.json", "model.joblib", "report.html"])
def test_a_folder_that_lacks_a_file_is_refused_by_its_name(iris_folder: Path, tmp_path: Path, file: str) -> None:
    for path in iris_folder.iterdir():
        if path.name != file:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(InvalidFolder, match=rf"{file} cannot be read \(No such file"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    ("file", "change", "error"),
    [
        ("model.joblib", lambda data: data[:-1] + bytes([data[-1] ^ 1]), ArtifactDigestMismatch),
        ("model.joblib", lambda data: data + b"\0", ArtifactSizeMismatch),
        ("manifest.json", lambda data: data[:-10], InvalidManifest),
    ],
)
def test_a_folder_whose_files_do_not_fit_together_is_refused(
    iris_folder: Path, tmp_path: Path, file: str, change: Callable[[bytes], bytes], error: type[Exception]
) -> None:
    for path in iris_folder.iterdir():
        data = path.read_bytes()
        (tmp_path / path.name).write_bytes(change(data) if path.name == file else data)
    with pytest.raises(error):
        read_folder(tmp_path)
