"""The command line: what goes to standard output, what a person reads, and how it ends."""

import json
from pathlib import Path
from typing import Any

import joblib
import pytest
import sklearn
from click.testing import CliRunner, Result

from handler.registry.alias import Alias
from handler.registry.manifest import Manifest
from tests.integration.registries import put_manifest, put_version
from training.cli.main import main
from training.release.promote import current_user
from training.release.publish import TrainedFolder
from training.release.shipped import shipped_versions

PINNED = shipped_versions()["scikit-learn"]
COMMANDS = ["train", "publish", "promote", "list", "show", "demo", "serve"]


def run(*arguments: str, uri: Path | str | None = None) -> Result:
    return CliRunner().invoke(main, [*arguments, *(["--model-uri", str(uri)] if uri else [])])


def document(result: Result) -> Any:
    """The one JSON document that is all of standard output."""
    assert result.exit_code == 0, result.stderr
    assert result.stdout.endswith("\n")
    return json.loads(result.stdout)


@pytest.fixture
def version(iris: TrainedFolder) -> str:
    return iris.manifest.version


@pytest.fixture
def registry(iris: TrainedFolder, tmp_path: Path) -> Path:
    """A directory registry from which Iris serves, written without the proofs, which take seconds."""
    root = tmp_path / "registry" / "iris"
    put_version(str(root), iris)
    put_manifest(str(root), iris.manifest)
    return root


def test_nothing_is_trained_under_versions_that_the_function_has_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sklearn, "__version__", "1.8.0")
    result = run("train", "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert f"Here scikit-learn 1.8.0 is installed, and the function has scikit-learn {PINNED}" in result.stderr
    assert "make install" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    for option in ("--help", "-h"):
        result = run(command, option)
        assert result.exit_code == 0
        assert f"{command} [OPTIONS]" in result.stdout
        assert main.commands[command].help
        assert " ".join((main.commands[command].help or "").split())[:40] in " ".join(result.stdout.split())


def test_the_help_lists_every_command() -> None:
    assert set(COMMANDS) <= set(main.commands)
    assert all(f"  {name} " in run("--help").stdout for name in main.commands)


def test_train_writes_the_folder_and_tells_the_metrics_to_a_person_alone(tmp_path: Path) -> None:
    result = run("train", "--out", str(tmp_path / "new" / "folder"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0.9667" in result.stderr
    assert (tmp_path / "new" / "folder" / "manifest.json").is_file()
    assert "Twin: model.onnx answers 2,033 rows as the model does" in result.stderr
    assert (tmp_path / "new" / "folder" / "model.onnx").is_file()


def test_train_as_json_prints_the_manifest_that_it_wrote(tmp_path: Path) -> None:
    result = run("train", "--out", str(tmp_path), "--seed", "3", "--no-twin", "--json")
    printed = document(result)
    assert ([*printed["artifacts"]], printed["format_version"]) == (["joblib"], 5)
    assert not (tmp_path / "model.onnx").exists()
    assert printed == json.loads((tmp_path / "manifest.json").read_text())
    assert printed["training"]["seed"] == 3
    assert result.stderr == ""


def test_publish_prints_the_version_and_nothing_else(iris_folder: Path, tmp_path: Path, version: str) -> None:
    result = run("publish", str(iris_folder), uri=tmp_path / "iris")
    assert (result.exit_code, result.stdout) == (0, f"{version}\n")
    assert not (tmp_path / "iris" / "aliases").exists()


def test_publish_and_promote_as_json_prints_the_version_and_the_alias(
    iris_folder: Path, tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_URI", str(tmp_path / "iris"))
    result = run("publish", str(iris_folder), "--promote", "--alias", "staging", "--reason", "why not", "--json")
    printed = document(result)
    alias = Alias.from_json((tmp_path / "iris/aliases/staging.json").read_bytes())
    assert printed == {"version": version, "alias": json.loads(alias.to_json())}
    assert (alias.version, alias.promoted_by, alias.reason) == (version, current_user(), "why not")
    assert f"{version} serves as 'staging' (before: nothing)" in result.stderr


def test_promoting_what_serves_already_changes_nothing(registry: Path, version: str) -> None:
    before = (registry / "aliases/production.json").read_bytes()
    printed = document(run("promote", version, "--reason", "again", "--json", uri=registry))
    assert printed == json.loads(before)
    assert (registry / "aliases/production.json").read_bytes() == before


def test_promote_says_to_a_person_what_serves(registry: Path, version: str) -> None:
    result = run("promote", version, "--reason", "again", uri=registry)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"{version} serves as 'production'" in result.stderr


def test_list_says_what_is_there_and_what_serves(registry: Path, version: str) -> None:
    assert document(run("list", "--json", uri=registry)) == [{"version": version, "serves": True}]
    assert document(run("list", "--alias", "staging", "--json", uri=registry)) == [
        {"version": version, "serves": False}
    ]
    result = run("list", uri=registry)
    assert result.stdout == ""
    assert version in result.stderr
    assert "production" in result.stderr


def test_list_of_an_empty_registry_is_an_empty_list(tmp_path: Path) -> None:
    assert document(run("list", "--json", uri=tmp_path)) == []
    result = run("list", uri=tmp_path)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing is published" in result.stderr


def test_show_prints_the_manifest_as_it_was_published(registry: Path, version: str, iris: TrainedFolder) -> None:
    printed = document(run("show", version, "--json", uri=registry))
    assert Manifest.from_json(json.dumps(printed)) == iris.manifest


def test_show_tells_a_person_what_the_model_is(registry: Path, version: str, iris: TrainedFolder) -> None:
    result = run("show", version, uri=registry)
    assert (result.exit_code, result.stdout) == (0, "")
    for fact in ("sepal length (cm)", "versicolor", "0.9667", iris.manifest.artifact.sha256):
        assert fact in result.stderr


@pytest.mark.parametrize("command", ["show", "promote"])
@pytest.mark.parametrize("wanted", ["20300101T000000Z-00000000", "latest", "../../etc"])
def test_a_version_that_is_not_published_fails_and_the_newest_are_named(
    registry: Path, version: str, command: str, wanted: str
) -> None:
    extra = ["--reason", "test"] if command == "promote" else []
    result = run(command, wanted, *extra, "--json", uri=registry)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"Error: {wanted} is not published" in result.stderr
    assert version in result.stderr


def test_a_registry_that_does_not_exist_fails(tmp_path: Path) -> None:
    result = run("list", "--json", uri=tmp_path / "nowhere")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Usage"),
        (["nonsense"], "No such command"),
        (["train"], "Missing option '--out'"),
        (["train", "--out", "x", "--seed", "-1"], "--seed"),
        (["list"], "Missing option '--model-uri'"),
        (["list", "--model-uri", "x", "--alias", "../up"], "lower-case letters"),
        (["publish", "/does/not/exist", "--model-uri", "x"], "give the folder that `train` or `package` wrote"),
        (["show", "--model-uri", "x"], "Missing argument 'VERSION'"),
    ],
)
def test_bad_usage_ends_with_2_and_says_what_is_wrong(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_failure_that_nobody_foresaw_keeps_its_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(joblib, "dump", broken)
    result = run("train", "--out", str(tmp_path))
    assert isinstance(result.exception, ZeroDivisionError)
    assert result.exit_code == 1
