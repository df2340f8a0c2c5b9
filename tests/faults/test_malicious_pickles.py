"""A malicious pickle in every place where one could be put: no command and no route of the function ever runs it.

Also a version that is malicious through and through, with a manifest that vouches for it, is refused by `publish` and
`promote` before it is unpickled, by what it would import. Only one that hides behind what models may import is run: by
those two in a process of their own, which is where somebody decides to trust it. And the function unpickles what
somebody who may move the alias has vouched for.
"""

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from numpy.testing import runstring

from handler.registry.alias import Alias
from handler.registry.chain import VerifiedArtifact, alias_key
from handler.registry.manifest import ArtifactFile, sha256
from handler.serving.artifact_cache import FOLDER
from tests.integration.registries import HISTORY, made_at, put_file, put_manifest, put_version
from tests.unit.handler.asking import ask, get_event, open_application, predict_event
from training.cli.main import main
from training.release.publish import TrainedFolder

EVENTS = [
    predict_event({"features": [6.0, 2.5, 4.5, 1.5]}),
    *(get_event(path) for path in ("/health", "/model", "/openapi.json", "/docs", "/")),
]


class Bomb:
    """Writes down in which process it went off."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], Any]:
        code = f"__import__('pathlib').Path({str(self.mark)!r}).write_text(str(__import__('os').getpid()))"
        return eval, (code,)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "went-off"


@pytest.fixture
def bomb(mark: Path) -> bytes:
    data = pickle.dumps(Bomb(mark))
    pickle.loads(data)  # noqa: S301 - the guard of these tests: it does go off
    assert int(mark.read_text()) == os.getpid()
    mark.unlink()
    return data


class HiddenBomb(Bomb):
    """One that imports nothing but a function of numpy's."""

    def __reduce__(self) -> tuple[Callable[..., object], Any]:
        _, (code,) = super().__reduce__()
        return runstring, (code, {})


@pytest.fixture
def hidden_bomb(mark: Path) -> bytes:
    data = pickle.dumps(HiddenBomb(mark))
    pickle.loads(data)  # noqa: S301 - as above
    assert int(mark.read_text()) == os.getpid()
    mark.unlink()
    return data


@pytest.fixture(params=["directory", "s3"])
def uri(request: pytest.FixtureRequest, tmp_path: Path, iris: TrainedFolder) -> str:
    """A registry in which one version serves and another, `made_at` second 1, waits."""
    place = str(tmp_path / "registry") if request.param == "directory" else request.getfixturevalue("model_uri")
    put_version(place, iris)
    put_manifest(place, iris.manifest)
    put_version(place, made_at(iris, 1))
    return str(place)


@pytest.fixture
def waiting(iris: TrainedFolder) -> str:
    return made_at(iris, 1).manifest.version


def run(uri: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--model-uri", uri])


def every_command(uri: str, version: str) -> Iterator[Result]:
    """Each command that looks at a registry, or moves an alias in it; `prune` last."""
    for arguments in (
        ["list"],
        ["show", version],
        ["history"],
        ["verify"],
        ["verify", version],
        ["promote", version, "--reason", "tests"],
        ["rollback", "--reason", "tests"],
        ["prune", "--keep", "1", "--days", "0", "--dry-run"],
        ["prune", "--keep", "1", "--days", "0"],
    ):
        yield run(uri, *arguments)


def ask_everything(uri: str) -> list[int]:
    """Every route of a cold function, and once more when its alias is asked again; gives the statuses of /predict."""
    application = open_application(MODEL_URI=uri)
    statuses = []
    for _ in range(2):
        statuses += [ask(application, event).status for event in EVENTS][:1]
        application.holder.restored(8.0)
    return statuses


BESIDE = (
    "versions/{version}/report.html",
    "versions/{version}/gate.json",
    "versions/{version}/extra.joblib",
    "versions/{version}/__init__.py",
    "versions/{version}~/model.joblib",
    "versions/~{version}/manifest.json",
    "versions/stray.joblib",
    "aliases/~production.json",
    "aliases/production/stray.joblib",
    "model.joblib",
)


def test_what_lies_beside_a_sound_version_is_never_run_and_stops_nobody(
    uri: str,
    waiting: str,
    iris: TrainedFolder,
    bomb: bytes,
    mark: Path,
    record: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for place in BESIDE:
        for version in (waiting, iris.manifest.version):
            put_file(uri, place.format(version=version), bomb)
    monkeypatch.setattr("handler.coldstart.init_phase.ON_LAMBDA", True)
    cached = Path(tempfile.gettempdir(), FOLDER)
    cached.mkdir()
    for name in (iris.manifest.artifact.sha256, ".writing-0", "0" * 64):
        (cached / name).write_bytes(bomb.ljust(iris.manifest.artifact.bytes, b"\0"))
    assert ask_everything(uri) == [200, 200]
    codes = [result.exit_code for result in every_command(uri, waiting)]
    assert codes == [0, 0, 0, 1, 0, 0, 0, 0, 0]  # verify names the strays
    assert ask_everything(uri) == [200, 200]
    assert not mark.exists()
    record(
        f"pickle in {len(BESIDE)} places beside a version, in the cache folder ({kind(uri)})", "200", "200", "served"
    )


PLACES = {
    "artifact": ("versions/{version}/model.joblib", 503),
    "manifest": ("versions/{version}/manifest.json", 503),
    "alias": (alias_key("production"), 503),
    "history": (f"{HISTORY}/20300101T000000.000000Z-{{version}}.json", 200),
}


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("place", PLACES)
def test_what_takes_the_place_of_a_file_is_never_run(
    uri: str, iris: TrainedFolder, bomb: bytes, mark: Path, place: str, padded: bool, record: Callable[..., None]
) -> None:
    held = open_application(MODEL_URI=uri)
    assert ask(held, EVENTS[0]).status == 200
    key, status = PLACES[place]
    version = iris.manifest.version
    data = bomb.ljust(iris.manifest.artifact.bytes, b"\0") if padded else bomb
    put_file(uri, key.format(version=version), data)
    assert ask_everything(uri) == [status] * 2
    held.holder.restored(8.0)
    assert [ask(held, event).status for event in EVENTS] == [200] * len(EVENTS)
    for arguments in (["list"], ["show", version], ["history"], ["verify"], ["rollback", "--reason", "t"]):
        run(uri, *arguments)
    run(uri, "prune", "--keep", "1", "--days", "0")
    assert run(uri, "verify").exit_code == 1
    assert not mark.exists()
    record(f"pickle as the {place}{', of its length' * padded} ({kind(uri)})", str(status), "200", "verify names it")


def malicious(iris: TrainedFolder, bomb: bytes) -> TrainedFolder:
    """A version that is a bomb, with a manifest that vouches for it."""
    digest = sha256(bomb)
    version = f"20300101T000000Z-{digest[:8]}"
    files = {"joblib": ArtifactFile("model.joblib", len(bomb), digest)}
    manifest = replace(iris.manifest, version=version, created_at="2030-01-01T00:00:00+00:00", artifacts=files)
    return TrainedFolder(VerifiedArtifact(manifest, bomb), manifest.to_json().encode(), b"<p>")


def test_a_version_that_vouches_for_a_pickle_is_refused_by_what_it_would_import_and_never_run(
    uri: str, iris: TrainedFolder, bomb: bytes, mark: Path, record: Callable[..., None]
) -> None:
    version = put_version(uri, malicious(iris, bomb))
    for arguments in (["list"], ["show", version], ["history"], ["verify"], ["verify", version]):
        assert run(uri, *arguments).exit_code == 0
    assert ask_everything(uri) == [200, 200]
    refused = run(uri, "promote", version, "--reason", "trust")
    assert refused.exit_code == 1
    assert "builtins.eval" in refused.stderr
    assert ask_everything(uri) == [200, 200]
    assert not mark.exists()
    record(f"a whole version that is a pickle ({kind(uri)})", "200, the version before", "200", "refused, never run")


def test_a_version_that_hides_what_it_runs_is_run_by_promote_alone_and_in_another_process(
    uri: str, iris: TrainedFolder, hidden_bomb: bytes, mark: Path, record: Callable[..., None]
) -> None:
    version = put_version(uri, malicious(iris, hidden_bomb))
    for arguments in (["list"], ["show", version], ["history"], ["verify"], ["verify", version]):
        assert run(uri, *arguments).exit_code == 0
    assert ask_everything(uri) == [200, 200]
    assert not mark.exists()
    assert run(uri, "promote", version, "--reason", "trust").exit_code == 1
    assert int(mark.read_text()) != os.getpid()
    assert ask_everything(uri) == [200, 200]
    record(
        f"a whole version that is a pickle, hidden behind numpy ({kind(uri)})",
        "200, the version before",
        "200",
        "run by promote's proof, in its process; refused: promoting is a decision to trust",
    )


def test_a_version_that_somebody_who_may_move_the_alias_vouches_for_is_run_by_the_function(
    uri: str, iris: TrainedFolder, bomb: bytes, mark: Path, record: Callable[..., None]
) -> None:
    """The limit of the chain of trust, told rather than hidden: rights on the alias are rights to run code."""
    folder = malicious(iris, bomb)
    put_version(uri, folder)
    alias = Alias(
        1, folder.manifest.version, sha256(folder.manifest_json), "2030-01-01T00:00:00.000000+00:00", "", "", None
    )
    put_file(uri, alias_key("production"), alias.to_json().encode())
    assert ask_everything(uri) == [503, 503]
    assert mark.exists()
    record(
        f"a whole version that is a pickle, the alias forged too ({kind(uri)})",
        "503, run",
        "-",
        "who may move the alias may run code",
    )


@pytest.mark.parametrize("file", ["model.joblib", "manifest.json", "held_out.json", "report.html", "extra.joblib"])
def test_what_lies_in_a_folder_to_publish_is_never_run(
    tmp_path: Path, iris_folder: Path, bomb: bytes, mark: Path, file: str, record: Callable[..., None]
) -> None:
    folder, registry = tmp_path / "folder", tmp_path / "registry"
    shutil.copytree(iris_folder, folder)
    (folder / file).write_bytes(bomb)
    outcome = run(str(registry), "publish", str(folder))
    assert outcome.exit_code == (0 if file in ("report.html", "extra.joblib") else 1)
    assert not mark.exists()
    published = list((registry / "versions").glob("*/manifest.json")) if registry.exists() else []
    assert len(published) == (outcome.exit_code == 0)
    assert not list(registry.rglob("extra.joblib"))
    record(f"publish: pickle as {file}", "-", "-", "published" if published else "refused, nothing written")


def forged_folder(folder: Path, iris_folder: Path, forged: TrainedFolder) -> Path:
    """A folder to publish whose manifest vouches for the pickle in it."""
    shutil.copytree(iris_folder, folder)
    (folder / "model.joblib").write_bytes(forged.artifact.data)
    (folder / "manifest.json").write_bytes(forged.manifest_json)
    (folder / "held_out.json").unlink()  # the rows of another version would be refused first
    return folder


def test_a_folder_that_vouches_for_a_pickle_is_never_run_and_not_published(
    tmp_path: Path, iris_folder: Path, iris: TrainedFolder, bomb: bytes, mark: Path, record: Callable[..., None]
) -> None:
    folder, registry = forged_folder(tmp_path / "folder", iris_folder, malicious(iris, bomb)), tmp_path / "registry"
    refused = run(str(registry), "publish", str(folder))
    assert refused.exit_code == 1
    assert "builtins.eval" in refused.stderr
    assert not mark.exists()
    assert not list(registry.rglob("manifest.json"))
    record("publish: a folder that vouches for it", "-", "-", "refused, never run, nothing written")


def test_a_folder_that_hides_what_it_runs_is_run_in_another_process_and_not_published(
    tmp_path: Path, iris_folder: Path, iris: TrainedFolder, hidden_bomb: bytes, mark: Path, record: Callable[..., None]
) -> None:
    forged = malicious(iris, hidden_bomb)
    folder, registry = forged_folder(tmp_path / "folder", iris_folder, forged), tmp_path / "registry"
    assert run(str(registry), "publish", str(folder)).exit_code == 1
    assert int(mark.read_text()) != os.getpid()
    assert not list(registry.rglob("manifest.json"))
    record(
        "publish: a folder that vouches for it, hidden behind numpy",
        "-",
        "-",
        "run by publish's own processes; refused, nothing written",
    )


def kind(uri: str) -> str:
    return "S3" if uri.startswith("s3://") else "directory"
