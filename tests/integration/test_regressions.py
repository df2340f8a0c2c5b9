"""Faults that were found in publishing, promoting and reading once, and stay mended."""

import contextlib
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import handler.registry.s3.client
from handler.errors.base import SklearnOnLambdaError
from handler.errors.model import RegistryAccessDenied, RegistryError, RegistryUnreachable
from handler.registry.alias import Alias
from handler.registry.chain import alias_key
from handler.registry.s3_store import S3Store
from tests.integration.registries import made_at, put_file, put_manifest, put_version, served_whole
from tests.integration.sockets import conversing, stall
from training.cli.main import main
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import TrainedFolder, publish, read_folder
from training.release.stores.schemes import open_writable_store


def test_publish_and_promote_run_again_after_a_death_in_between_ends_the_job(tmp_path: Path, iris_folder: Path) -> None:
    store = open_writable_store(str(tmp_path / "iris"))
    publish(read_folder(iris_folder), store)  # … and killed before the alias moved
    result = CliRunner().invoke(
        main, ["publish", str(iris_folder), "--promote", "--reason", "x", "--model-uri", str(tmp_path / "iris")]
    )
    assert result.exit_code == 0, result.stderr
    assert served_whole(store) is not None


def test_a_stalled_s3_is_asked_at_most_ATTEMPTS_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler.registry.s3.client, "READ_SECONDS", 0.2)
    asked: list[int] = []

    def count(connection):  # type: ignore[no-untyped-def]
        asked.append(1)
        stall(connection)

    with conversing(count) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(RegistryUnreachable):
            S3Store("models", "iris").get("aliases/production.json")
    assert len(asked) <= handler.registry.s3.client.ATTEMPTS


def test_a_stalled_s3_is_given_up_before_the_function_times_out() -> None:
    timeout = int(re.search(r"Timeout: (\d+)", Path("template.yaml").read_text())[1])  # type: ignore[index]
    assert timeout > handler.registry.s3.client.ATTEMPTS * handler.registry.s3.client.READ_SECONDS


def test_replace_of_what_is_gone_is_refused_not_unreachable(model_uri: str) -> None:
    store = open_writable_store(model_uri)
    store.create("first", b"")
    assert store.replace("aliases/production.json", b"x", '"0123"') is False


def test_promoting_mends_an_alias_file_that_is_empty(model_uri: str, iris: TrainedFolder) -> None:
    version = put_version(model_uri, iris)
    put_file(model_uri, alias_key("production"), b"")
    store = open_writable_store(model_uri)
    promote(store, Release(version, "production", "tests", ""))
    assert served_whole(store) == version


@pytest.mark.parametrize("act", ["create", "replace"])
def test_a_directory_that_cannot_be_written_is_a_registry_error(tmp_path: Path, act: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = open_writable_store(str(tmp_path / "file" / "iris"))
    acts = {
        "create": lambda: store.create("versions/v/model.joblib", b""),
        "replace": lambda: store.replace("aliases/production.json", b"", "etag"),
    }
    with pytest.raises(RegistryError):
        acts[act]()


def test_a_missing_aws_profile_is_a_registry_error_for_writers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(RegistryError):
        open_writable_store("s3://models/iris").create("a", b"")


def test_an_alias_whose_moment_is_a_path_cannot_make_promote_write_elsewhere(
    tmp_path: Path, iris: TrainedFolder
) -> None:
    uri = str(tmp_path / "a" / "iris")
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    held = Alias.from_json(Path(uri, "aliases/production.json").read_bytes())
    evil = replace(held, promoted_at="../../../../../elsewhere/x")
    put_file(uri, alias_key("production"), evil.to_json().encode())
    second = put_version(uri, made_at(iris, 1))
    with contextlib.suppress(SklearnOnLambdaError):
        promote(open_writable_store(uri), Release(second, "production", "tests", ""))
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("a", "tmp")] == []


def test_no_user_name_is_no_reason_not_to_promote(monkeypatch: pytest.MonkeyPatch) -> None:
    from training.release.promote import current_user

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert current_user()


def test_train_into_a_place_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    result = CliRunner().invoke(main, ["train", "--out", str(tmp_path / "file" / "out")])
    assert result.exit_code in (1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_no_credentials_is_told_as_access_not_as_s3_silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(RegistryAccessDenied):
        S3Store("models", "iris").get("aliases/production.json")
