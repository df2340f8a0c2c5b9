"""A version with code is loaded from memory, from a file and compressed; one without imports nothing for that."""

import gzip
import io
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib
import numpy as np
import pytest

from handler.engines.own_code.unpickling import load_with
from handler.registry import storage
from handler.registry.chain import VerifiedArtifact
from handler.registry.storage import PrivateFile, hold
from handler.serving.predictor import load_predictor
from tests.unit.handler.asking import ask, open_application, predict_event
from tests.unit.handler.models import Version, estimator_of
from tests.unit.handler.own_code import SCALES, identity_after, version_of_modules
from tests.unit.handler.processes import run_function

LARGE = (
    "import numpy\n"
    + SCALES.format(body="return X * self.large_[1] * self.own_.factor")
    + ("\nclass Own:\n    factor = 1.0\n")
)


def with_large_array(features: ModuleType) -> Any:
    scales = features.Scales()
    scales.large_, scales.own_ = np.full(4096, 3.0), features.Own()
    return identity_after(scales)


def test_from_a_file_arrays_are_mapped_and_classes_are_the_version_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    version = version_of_modules({"features.py": LARGE}, with_large_array)
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 0)
    content = hold(lambda: iter([version.artifact]), len(version.artifact))
    assert isinstance(content, PrivateFile)
    predictor = load_predictor(VerifiedArtifact(version.manifest, content, version.code))
    step = estimator_of(predictor).steps[0][1]
    assert not step.large_.flags.owndata
    assert type(step.own_).__module__ == type(step).__module__ != "features"
    assert predictor.predict(np.array([[10.0]]))[0]["prediction"] == 30


@pytest.mark.parametrize("in_memory", [0, 10**6])
def test_a_compressed_artifact_loads_too(monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    version = version_of_modules({"features.py": LARGE}, with_large_array)
    data = gzip.compress(version.artifact)
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", in_memory)
    content = hold(lambda: iter([data]), len(data))
    predictor = load_predictor(VerifiedArtifact(version.manifest, content, version.code))
    assert predictor.predict(np.array([[10.0]]))[0]["prediction"] == 30


def test_what_joblib_reads_is_read_alike() -> None:
    held: dict[str, Any] = {
        "numbers": np.arange(5000.0),
        "texts": ["a"],
        "objects": np.array(["a", None], dtype=object),
    }
    for compress in (0, 3, ("gzip", 1), ("bz2", 1), ("xz", 1)):
        buffer = io.BytesIO()
        joblib.dump(held, buffer, compress=compress)
        buffer.seek(0)
        loaded = load_with(str, buffer)
        assert loaded["texts"] == held["texts"]
        assert all(np.array_equal(loaded[name], held[name]) for name in ("numbers", "objects"))


HOLDER = """
from sklearn.ensemble import RandomForestRegressor
class Holder:
    pass
""" + SCALES.format(body="assert self.holder_.forest.n_jobs == 1; return X")


def with_forest(features: ModuleType) -> Any:
    scales = features.Scales()
    scales.holder_ = features.Holder()
    scales.holder_.forest = features.RandomForestRegressor(n_jobs=1, n_estimators=2)
    return identity_after(scales)


def test_what_the_version_s_own_objects_hold_runs_on_one_core_too() -> None:
    version = version_of_modules({"features.py": HOLDER}, with_forest)
    assert version.artifact.count(b"n_jobs\x94K\x01") == 1
    artifact = version.artifact.replace(b"n_jobs\x94K\x01", b"n_jobs\x94K\x07")
    predictor = load_predictor(VerifiedArtifact(version.manifest, artifact, version.code))
    assert estimator_of(predictor).steps[0][1].holder_.forest.n_jobs == 1


def test_two_versions_serve_in_turns_as_the_alias_moves_between_them(tmp_path: Path) -> None:
    lazy = SCALES.format(body="from more import FACTOR; return X * FACTOR")
    both = [version_of_modules({"features.py": lazy, "more.py": f"FACTOR = {n}"}) for n in (2, 3)]
    later = replace(both[1].manifest, version=both[1].manifest.version.replace("2026", "2027", 1))
    versions = [both[0], replace(both[1], manifest=later)]
    root = tmp_path / "registry"
    application = open_application(MODEL_URI=str(versions[0].write(root)))
    for turn in (0, 1, 0, 1):
        versions[turn].write(root)
        application.holder.ask_again()
        answer = ask(application, predict_event({"features": [10.0]}))
        assert (answer.status, answer.body["prediction"]) == (200, (20.0, 30.0)[turn])
        assert application.predictor().manifest.version == versions[turn].manifest.version


def test_a_version_without_code_pays_for_no_import_of_this(tmp_path: Path, iris_version: Version) -> None:
    steps: list[dict[str, Any]] = [
        {"ask": predict_event({"features": [6.0, 2.5, 4.5, 1.5]})},
        {"imported": ["handler.engines.own_code", "handler.engines.own_code.modules"]},
    ]
    root = str(iris_version.write(tmp_path / "iris"))
    outcome = run_function(tmp_path, steps, MODEL_URI=root, AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    assert outcome.answers[1] == {"imported": []}


def test_a_version_with_code_serves_in_lambda_s_init_phase_where_imports_are_deferred(tmp_path: Path) -> None:
    text = "from scipy import stats\nfrom scipy.stats import rankdata\n" + SCALES.format(
        body="from more import FACTOR; return X * FACTOR * rankdata([5.0])[0] * stats.norm.cdf(0.0) * 2"
    )
    version = version_of_modules({"features.py": text, "more.py": "FACTOR = 3"})
    root = str(version.write(tmp_path / "registry"))
    asked: list[dict[str, Any]] = [{"ask": predict_event({"features": [10.0]})}]
    outcome = run_function(tmp_path, asked, MODEL_URI=root, AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    assert '"prediction":30' in outcome.answers[0]["body"].replace(" ", "")
