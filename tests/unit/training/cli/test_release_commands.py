"""The commands about releases: what a person must say, what is printed, and how they end."""

import json
import re
import unicodedata
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from handler.registry.alias import Alias
from handler.registry.chain import alias_key
from tests.integration.registries import made_at, put_file, put_manifest, put_version
from tests.unit.handler.twins import write_onnx_folder, write_twin_folder
from training.cli.main import main
from training.release.history import history_key
from training.release.publish import TrainedFolder, read_folder


@pytest.fixture
def registry(tmp_path: Path, iris: TrainedFolder) -> Path:
    """One version serves; two newer ones wait. Nothing was proved, which takes seconds."""
    root = tmp_path / "iris"
    put_version(str(root), iris)
    put_manifest(str(root), iris.manifest)
    for second in (1, 2):
        put_version(str(root), made_at(iris, second))
    return root


def run(registry: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--model-uri", str(registry)])


def everything(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", ["promote", "rollback"])
def test_where_nobody_can_be_asked_why_the_reason_must_be_given(
    registry: Path, iris: TrainedFolder, command: str
) -> None:
    before = everything(registry)
    arguments = [command] + [made_at(iris, 1).manifest.version] * (command == "promote")
    result = run(registry, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--reason" in result.stderr
    assert everything(registry) == before


def test_a_rollback_with_nothing_before_fails_in_one_sentence(registry: Path) -> None:
    result = run(registry, "rollback", "--reason", "tests")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is the first that ever served" in result.stderr


def test_the_history_as_json_says_who_when_from_to_and_why(registry: Path, iris: TrainedFolder) -> None:
    moment = "2030-01-02T03:04:05.000006+00:00"
    entry = Alias(1, made_at(iris, 1).manifest.version, "ab" * 32, moment, "ada", "better", iris.manifest.version)
    put_file(str(registry), history_key("production", entry), entry.to_json().encode())
    put_file(str(registry), alias_key("production"), entry.to_json().encode())
    (told,) = json.loads(run(registry, "history", "--json").stdout)
    assert told == json.loads(entry.to_json())
    shown = run(registry, "history")
    for part in ("2030-01-02", "ada", "better"):
        assert part in shown.stdout + shown.stderr


def test_verify_ends_with_0_where_all_is_sound_and_with_1_and_the_finding_where_not(
    registry: Path, iris: TrainedFolder
) -> None:
    assert run(registry, "verify").exit_code == 0
    version = made_at(iris, 2).manifest.version
    put_file(str(registry), f"versions/{version}/model.joblib", b"x")
    result = run(registry, "verify", "--json")
    assert result.exit_code == 1
    (wrong,) = [found for found in json.loads(result.stdout) if found["problem"]]
    assert wrong["what"] == version
    assert wrong["problem"].startswith("ArtifactSizeMismatch")
    assert run(registry, "verify", version).exit_code == 1
    assert run(registry, "verify", iris.manifest.version).exit_code == 0


def test_show_lists_every_form_with_what_it_takes_and_its_parity(
    tmp_path: Path, registry: Path, iris_folder: Path
) -> None:
    twin = read_folder(write_twin_folder(iris_folder, tmp_path / "twin"))
    version = put_version(str(registry), twin)
    shown = run(registry, "show", version).stderr
    for form in twin.forms:
        file = form.manifest.artifact
        assert f"{file.bytes:,} bytes, SHA-256 {file.sha256}" in shown
    assert "Artifact" in shown
    assert re.search(r"As onnx +model\.onnx, takes float(32|64), ", shown)
    for part in ("2,000 rows asked, 40 of them", "3.2e-07 of 1e-05 allowed", "labels differ in 0"):
        assert part in shown
    assert json.loads(run(registry, "show", version, "--json").stdout) == json.loads(twin.manifest_json)


def test_show_says_of_onnx_alone_what_it_takes(tmp_path: Path, registry: Path, iris_folder: Path) -> None:
    version = put_version(str(registry), read_folder(write_onnx_folder(iris_folder, tmp_path / "onnx")))
    shown = run(registry, "show", version).stderr
    assert re.search(r"Artifact +model\.onnx, takes float(32|64), ", shown)
    assert "Parity" not in shown


def test_prune_says_first_what_would_go_and_then_deletes_just_that(registry: Path, iris: TrainedFolder) -> None:
    before = everything(registry)
    going = [made_at(iris, 1).manifest.version]
    arguments = ["prune", "--keep", "1", "--days", "0", "--json"]
    planned = json.loads(run(registry, *arguments, "--dry-run").stdout)
    assert planned == {"deleted": [], "would_delete": going}
    assert everything(registry) == before
    assert json.loads(run(registry, *arguments).stdout) == {"deleted": going, "would_delete": []}
    left = {path.name for path in (registry / "versions").iterdir()}
    assert left == {iris.manifest.version, made_at(iris, 2).manifest.version}


def test_prune_as_it_is_called_by_default_keeps_all_of_a_small_registry(registry: Path) -> None:
    before = everything(registry)
    assert json.loads(run(registry, "prune", "--json", "--days", "0").stdout) == {"deleted": [], "would_delete": []}
    assert everything(registry) == before


HOSTILE = (
    "fine\x1b[2J\x1b]0;title\x07\x9b31m\x7f\r\x08\u202egnp.exe\u2066\u2028\ud800\U000e0041"
    " :x: [red]\nproduction  20300101T000009Z"
)
SAFE = (
    r"fine\x1b[2J\x1b]0;title\x07\x9b31m\x7f\x0d\x08\u202egnp.exe\u2066\u2028\ud800\U000e0041"
    r" :x: [red]\x0aproduction  20300101T000009Z"
)


def controls(text: str) -> list[str]:
    """What a terminal would obey, or show as something else, but for the ends of lines."""
    return [char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def put_hostile(registry: Path, iris: TrainedFolder, version: str) -> None:
    """A version whose name, and whose release of a library, are hostile."""
    manifest = json.loads(iris.manifest.to_json())
    hostile = {"version": version, "name": HOSTILE, "runtime": {**manifest["runtime"], "scikit-learn": HOSTILE}}
    put_file(str(registry), f"versions/{version}/manifest.json", json.dumps({**manifest, **hostile}).encode())


def test_no_command_hands_a_terminal_what_it_would_obey(registry: Path, iris: TrainedFolder) -> None:
    moment = "2030-01-02T03:04:05.000006+00:00"
    version = made_at(iris, 1).manifest.version
    entry = Alias(1, version, "ab" * 32, moment, "ada\x1b[1m", HOSTILE, None)
    put_file(str(registry), history_key("production", entry), json.dumps(asdict(entry)).encode())
    put_hostile(registry, iris, version)
    put_file(str(registry), f"versions/{'x' + chr(0x1B)}[2J/manifest.json", b"")
    for arguments in (["history"], ["list"], ["show", version], ["verify"], ["verify", version]):
        shown = run(registry, *arguments)
        assert shown.exception is None or isinstance(shown.exception, SystemExit)
        assert controls(shown.stdout + shown.stderr) == [], arguments
    told = "".join(run(registry, "history").stderr.split())
    assert told.count("".join(SAFE.split())) == 1
    assert r"ada\x1b[1m" in told


def test_a_hostile_reason_is_kept_exactly(registry: Path, iris: TrainedFolder) -> None:
    entry = Alias(
        1, made_at(iris, 1).manifest.version, "ab" * 32, "2030-01-02T03:04:05+00:00", "ada", HOSTILE[:30], None
    )
    put_file(str(registry), history_key("production", entry), json.dumps(asdict(entry)).encode())
    told, _ = json.loads(run(registry, "history", "--json").stdout)
    assert told["reason"] == HOSTILE[:30]


def test_an_error_that_quotes_a_registry_hands_a_terminal_nothing_that_it_would_obey(
    registry: Path, iris: TrainedFolder
) -> None:
    version = made_at(iris, 1).manifest.version
    put_hostile(registry, iris, version)
    result = run(registry, "promote", version, "--reason", "tests")
    assert result.exit_code == 1
    assert "was made under" in result.stderr
    assert controls(result.stderr) == []
