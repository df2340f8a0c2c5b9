"""What a large model takes of memory, measured in a process of its own on a real registry.

bench/memory has the sizes that the documentation tells. Here is the one that is cheap enough for each pull request.
"""

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from bench.memory.forests import EVENT
from bench.memory.peaks import peak_of
from handler.engines.scikit_learn import ScikitLearn
from handler.registry.chain import VerifiedArtifact
from handler.registry.storage import PrivateFile, hold
from handler.registry.store import PART_BYTES
from tests.integration.registries import put_file, put_manifest
from tests.unit.handler.models import Version, version_with

PROJECT = Path(__file__).parents[2]
ANSWER = PROJECT / "bench" / "memory" / "answer_once.py"
MOST_MAPPINGS = 65_530
"""That a process may have (Linux, vm.max_map_count)."""


@pytest.fixture(scope="module")
def forests() -> dict[str, Version]:
    """One of 50 MB, whose trees keep copies of what they are loaded from, and a small one."""
    draw = np.random.default_rng(0)
    rows = draw.random((60_000, 4))
    large = RandomForestRegressor(9, n_jobs=2, random_state=0).fit(rows, rows.sum(axis=1) + draw.random(60_000))
    small = RandomForestRegressor(1, random_state=0).fit(rows[:100], rows[:100, 0])
    row = [0.1, 0.2, 0.3, 0.4]
    return {"large": version_with(large, row), "small": version_with(small, row)}


def peak(version: Version, uri: str, tmp_path: Path) -> float:
    """MB of anonymous memory at most, of a function that loads `version` in its init phase and answers a request."""
    put_file(uri, f"versions/{version.manifest.version}/model.joblib", version.artifact)
    put_manifest(uri, version.manifest)
    environ = {**os.environ, "MODEL_URI": uri, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    measured = peak_of([sys.executable, str(ANSWER)], environ, PROJECT, standard_input=EVENT)
    assert list((tmp_path / "tmp").rglob("model*")) == []
    return measured.own


def test_a_large_forest_takes_its_own_size_of_memory_and_little_more(
    model_uri: str, forests: dict[str, Version], tmp_path: Path
) -> None:
    megabytes = len(forests["large"].artifact) / 1e6
    assert megabytes > 45
    base = peak(forests["small"], model_uri, tmp_path)
    assert peak(forests["large"], model_uri, tmp_path) <= base + 1.3 * megabytes + PART_BYTES / 1e6


def test_the_memory_of_a_model_is_given_back_once_another_has_replaced_it(
    forests: dict[str, Version], tmp_path: Path
) -> None:
    """glibc would keep it for the thread that loaded it, and each release is loaded by another."""
    manifest = forests["large"].manifest
    again = replace(manifest, version=manifest.version.replace("2026", "2027", 1))
    for version in (forests["large"], Version(again, forests["large"].artifact)):
        version.write(tmp_path / "registry")
    command = [sys.executable, "-m", "tests.cost.memory_after_releases", str(tmp_path / "registry"), "5"]
    outcome = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120)
    first, *later = map(float, [line for line in outcome.stdout.splitlines() if not line.startswith("{")])
    assert len(later) == 5
    assert max(later) <= first + 0.3 * manifest.artifact.bytes / 1e6


def test_a_model_of_more_arrays_than_a_process_may_have_mappings_is_loaded() -> None:
    count = MOST_MAPPINGS + 2000
    estimator = RandomForestRegressor(1).fit(np.zeros((2, 1)), np.zeros(2))
    estimator.ballast_ = [np.full(512, number, dtype=np.float64) for number in range(count)]
    buffer = io.BytesIO()
    joblib.dump(estimator, buffer)
    content = hold(lambda: [buffer.getvalue()], len(buffer.getbuffer()))
    assert isinstance(content, PrivateFile)
    model = ScikitLearn().load(VerifiedArtifact(version_with(estimator, [0.0]).manifest, content))
    assert [array[0] for array in model.estimator.ballast_] == list(range(count))
