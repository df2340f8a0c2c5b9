"""With one line changed the package has LightGBM and XGBoost: it costs what is documented, and answers as they do."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.emulator import Emulator, architecture_here, find_binary
from bench.processes import descendants
from handler.engines.shipped import OPTIONAL
from packager.build import PROJECT
from packager.target import architectures
from packager.tree import UNZIPPED_LIMIT_BYTES, files_of, size_of
from tests.emulator.added.project import Project, finished, project_with_all
from tests.models.ten_models import predict_event

BOOST = PROJECT / ".tools/boost"
OF_LIBRARY = {
    "lightgbm": ("lightgbm", "lightgbm-*.dist-info", "lib"),
    "xgboost": ("xgboost", "xgboost_cpu.libs", "xgboost_cpu-*.dist-info"),
}
MODELS = tuple(
    f"{name}{where}"
    for name in ("LGBMClassifier", "LGBMRegressor", "XGBClassifier", "XGBRegressor")
    for where in ("", " in a pipeline")
)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or architecture_here() not in architectures(),
    reason="The package holds Linux libraries for x86_64 and arm64; this machine runs neither.",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The copy in which both ship. What is not installed fails: run make test-emulator."""
    (installed,) = BOOST.glob("cpython-*")
    return project_with_all(tmp_path_factory.mktemp("project") / "copy", installed)


@pytest.fixture(scope="module")
def built(project: Project) -> dict[str, Path]:
    """The package for both architectures, built by the copy."""
    building = {
        name: project.start("-m", "packager", "--architecture", name, "--out", f"build/{name}")
        for name in architectures()
    }
    for process in building.values():
        finished(process)
    return {name: project.folder / "build" / name for name in building}


@pytest.fixture(scope="module")
def models(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    registries = tmp_path_factory.mktemp("registries")
    told: dict[str, Any] = json.loads(
        finished(project.start("-W", "ignore", "-m", "tests.emulator.added.models", str(registries)))
    )
    return told


def megabytes_of(library: str, tree: Path) -> float:
    found = [path for pattern in OF_LIBRARY[library] for path in tree.glob(pattern)]
    assert len(found) == len(OF_LIBRARY[library])
    return sum(size_of(path) for path in found) / 1e6


@pytest.mark.parametrize("architecture", architectures())
def test_both_fit_and_each_takes_the_megabytes_that_are_documented(built: dict[str, Path], architecture: str) -> None:
    tree = built[architecture]
    assert size_of(tree) < UNZIPPED_LIMIT_BYTES
    page = (PROJECT / "docs/bring-your-model.md").read_text()
    table = re.findall(r"^\| (LightGBM|XGBoost) \|.*\| ([0-9.]+) MB \| ([0-9.]+) MB \|", page, re.MULTILINE)
    documented = {name.lower(): dict(zip(("x86_64", "arm64"), numbers, strict=True)) for name, *numbers in table}
    measured = {library: f"{megabytes_of(library, tree):.1f}" for library in OPTIONAL}
    print(f"\n{architecture}: {measured}, {size_of(tree):,} bytes in all")
    assert {library: numbers[architecture] for library, numbers in documented.items()} == measured


@pytest.mark.parametrize("architecture", architectures())
def test_the_package_says_that_it_has_them(built: dict[str, Path], architecture: str) -> None:
    versions = json.loads((built[architecture] / "function.json").read_text())["engines"]["joblib"]["versions"]
    assert {library.name for library in OPTIONAL.values()} < versions.keys()
    assert [path.name for path in files_of(built[architecture]) if path.name.startswith("requirements")] == []


def test_a_model_says_that_it_needs_the_library_that_it_is_of_and_no_other(models: dict[str, Any]) -> None:
    needed = {name: {"lightgbm", "xgboost-cpu"} & told["runtime"].keys() for name, told in models.items()}
    assert needed["LGBMClassifier in a pipeline"] == {"lightgbm"}


@pytest.mark.parametrize("name", MODELS)
def test_the_package_answers_as_the_model_itself_on_one_thread_and_prints_nothing(
    name: str, models: dict[str, Any], built: dict[str, Path], tmp_path: Path
) -> None:
    told, package = models[name], built[architecture_here()]
    core = frozenset([min(os.sched_getaffinity(0))])
    emulator = Emulator(find_binary(PROJECT / ".tools/sam"), PROJECT / ".tools/bench/bin/python", core)
    environ = {"MODEL_URI": told["registry"], "TMPDIR": str(tmp_path)}
    log = tmp_path / "emulator.log"
    with emulator.started(package, "handler.app.lambda_handler", environ, log) as started:
        answer = started.ask(json.dumps(predict_event(told["rows"])).encode())
        assert answer.get("statusCode") == 200, f"{answer}. Its log: {log.read_text()[-3000:]}"
        (function,) = [pid for pid in descendants(started.pid) if is_python(pid)]
        maps = Path(f"/proc/{function}/maps").read_text()
        threads = len(list(Path(f"/proc/{function}/task").iterdir()))
    assert threads == 1
    # On one core XGBoost starts no thread, whatever it was told.
    assert told["threads_of_boosters"] == (["1"] if name.startswith("XGB") else [])
    assert re.findall(r"^\[(?:LightGBM|\d\d:\d\d:\d\d)\].*", log.read_text(), re.MULTILINE) == []
    predictions = json.loads(answer["body"])["predictions"]
    ours = [list(one["probabilities"].values()) if "probabilities" in one else one["prediction"] for one in predictions]
    assert ours == told["answers"]
    used = {line.split()[-1] for line in maps.splitlines() if "libgomp" in line}
    assert used
    assert all(path.startswith(str(package)) for path in used), used


def is_python(pid: int) -> bool:
    return b"awslambdaric" in Path(f"/proc/{pid}/cmdline").read_bytes()
