"""The package with ONNX Runtime: small, whole for answering rows, silent, and with nothing of scikit-learn."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from handler.engines.package_description import DESCRIPTION_FILE, PackageDescription
from handler.engines.shipped import REQUIREMENTS_FILES
from packager.build import CACHE, HANDLER, PROJECT, Package, unpack
from packager.contents import NOT_FOR_INFERENCE, ships_from_wheel
from packager.target import architectures, load_target
from packager.tree import digest_of
from packager.wheels.amazon_linux import refusal_of_library, system_libraries
from packager.wheels.elf import Library, is_elf, read_library
from packager.wheels.fetching import fetch_wheels
from packager.wheels.needed import missing_libraries
from tests.package.conftest import Probe
from tests.package.test_budgets import NEVER_IMPORTED

LOCK = HANDLER / REQUIREMENTS_FILES["onnx"]
PREDICT = (PROJECT / "events" / "predict_features.json").read_bytes()

MOST_BYTES = {"x86_64": 110_000_000, "arm64": 100_000_000}
"""A little more than it has: the wheel brings its runtime twice, and one is left out."""

MOST_MODULES_ON_LAMBDA = 350
"""That the answer to one row has imported, those of Python itself included."""

NEVER_WITH_ONNX = ("sklearn", "scipy", "joblib", "threadpoolctl", "narwhals", "onnx.", "google", "flatbuffers", "sympy")


@pytest.mark.parametrize("architecture", architectures())
def test_it_is_half_as_large_as_the_other_one(onnx_packages: dict[str, Package], architecture: str) -> None:
    package = onnx_packages[architecture]
    print(f"\n{architecture}: {package.size:,} bytes unzipped")
    assert package.size <= MOST_BYTES[architecture]


@pytest.mark.parametrize("architecture", architectures())
def test_nothing_of_scikit_learn_or_of_making_graphs_is_in_it(
    onnx_packages: dict[str, Package], architecture: str
) -> None:
    tree = onnx_packages[architecture].tree
    paths = [path.relative_to(tree).as_posix() for path in tree.rglob("*")]
    top = {path.split("/")[0] for path in paths}
    assert {"handler", "numpy", "onnxruntime", "obstore", "orjson"} <= top
    assert not [
        name for name in top if name.startswith(("scikit_learn", "sklearn", "scipy", "joblib", "onnx-", "skl2"))
    ]
    assert not [path for path in paths if path.startswith(NOT_FOR_INFERENCE)]
    assert [path for path in paths if path.endswith(".py") and not path.startswith("handler/")] == []
    described = PackageDescription.from_json((tree / DESCRIPTION_FILE).read_bytes())
    assert list(described.engines) == ["onnx"]
    version = described.engines["onnx"].versions["onnxruntime"]
    assert (tree / f"onnxruntime-{version}.dist-info" / "METADATA").exists()


def test_what_is_left_out_is_in_the_wheel() -> None:
    """A rule that meets nothing would be of an earlier release."""
    names = [name for wheel in _wheels("x86_64") for name in zipfile.ZipFile(wheel).namelist()]
    for left_out in NOT_FOR_INFERENCE:
        assert [name for name in names if name.startswith(left_out)], left_out


@pytest.mark.parametrize("architecture", architectures())
def test_amazon_linux_can_load_every_library_of_it(
    onnx_packages: dict[str, Package], architecture: str, tmp_path: Path
) -> None:
    target = load_target(architecture)
    found = [data for path in onnx_packages[architecture].tree.rglob("*.so*") if is_elf(data := path.read_bytes())]
    assert len(found) > 20
    assert [refusal for data in found if (refusal := refusal_of_library(read_library(data), target))] == []
    libraries: dict[PurePosixPath, Library] = {}
    for wheel in _wheels(architecture):
        libraries |= unpack(wheel, tmp_path, target)
    assert any("onnxruntime_pybind11_state" in place.name for place in libraries)
    assert list(missing_libraries(libraries, system_libraries(target))) == []


def test_every_module_of_onnx_runtime_imports_or_fails_as_it_does_from_the_whole_wheels(
    onnx_package: Package, onnx_deployed: Path, probe: Probe, tmp_path: Path
) -> None:
    modules = []
    for wheel in _wheels(onnx_package.target.architecture):
        if not wheel.name.startswith(("onnxruntime-", "numpy-")):  # all that it imports
            continue
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path)
            paths = map(PurePosixPath, archive.namelist())
            modules += [
                ".".join(path.with_suffix("").parts).removesuffix(".__init__")
                for path in paths
                if path.parts[0] == "onnxruntime" and path.suffix == ".py" and ships_from_wheel(path)
            ]
    assert len(modules) >= 5
    asked = json.dumps(sorted(modules)).encode()
    assert probe("modules.py", onnx_deployed, stdin=asked) == probe("modules.py", tmp_path, stdin=asked)


def test_an_answer_imports_little_compiles_nothing_and_writes_nothing(
    onnx_deployed: Path, probe: Probe, registry: Path
) -> None:
    before = digest_of(onnx_deployed)
    lambda_only = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    told = probe("predict.py", onnx_deployed, stdin=PREDICT, MODEL_URI=str(registry), **lambda_only)
    answer = json.loads(told["answer"]["body"])
    assert (told["answer"]["statusCode"], answer["prediction"]) == (200, "versicolor")
    assert "onnxruntime" in told["modules"]
    assert [module for module in told["modules"] if module.startswith((*NEVER_IMPORTED, *NEVER_WITH_ONNX))] == []
    print(f"\n{len(told['modules'])} modules")
    assert len(told["modules"]) <= MOST_MODULES_ON_LAMBDA
    assert told["compiled"] == []
    assert digest_of(onnx_deployed) == before
    # The other package answers the same from the same version, by its joblib form: see the digests.
    manifest = json.loads(next(registry.glob("versions/*/manifest.json")).read_text())
    assert answer["model"]["sha256"] == manifest["artifacts"]["onnx"]["sha256"]


@pytest.mark.parametrize("hidden", [False, True], ids=["as it is", "without /sys"])
def test_only_lines_of_the_log_are_ever_printed(
    onnx_deployed: Path, registry: Path, python313: Path, hidden: bool
) -> None:
    """Lambda on arm64 has no /sys/devices: ONNX Runtime up to 1.25 aborts without (onnxruntime issue 10038)."""
    script = Path(__file__).parent / "probes" / "predict.py"
    command = [str(python313), "-I", "-S", str(script), str(onnx_deployed)]
    if hidden:
        if shutil.which("unshare") is None or subprocess.run(_hiding("true"), check=False).returncode != 0:
            pytest.skip("this machine lets nobody hide a folder from a process: unshare with mount is refused")
        command = _hiding(*command)
    environment = {"MODEL_URI": str(registry), "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, input=PREDICT, capture_output=True, env=environment, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"]["statusCode"] == 200
    lines = done.stderr.decode().splitlines()
    assert len(lines) > 2
    assert [line for line in lines if not isinstance(json.loads(line), dict)] == []


def _hiding(*command: str) -> list[str]:
    return [
        "unshare",
        "-rm",
        "sh",
        "-c",
        'mount -t tmpfs none /sys && test ! -e /sys/devices && exec "$@"',
        "sh",
        *command,
    ]


def _wheels(architecture: str) -> list[Path]:
    return list(fetch_wheels(LOCK, load_target(architecture), CACHE))
