"""A dry run, and a run that nobody confirmed, touch nothing."""

import socket
from pathlib import Path

import pytest

from ops.prove import every
from ops.prove.__main__ import main


class Opened(BaseException):
    """Somebody opened a socket. Not an Exception, so that nothing can swallow it."""


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Opened

    for name in ("__init__", "connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.mark.usefixtures("no_sockets", "no_credentials")
def test_a_dry_run_needs_no_credentials_opens_no_socket_and_tells_all(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--dry-run", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "Costs      at most $" in said
    for claim in every.CLAIMS:
        assert f"  {claim.name}: {claim.sentence}" in said
        for kind in claim.calls:
            assert kind in said
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_sockets")
def test_the_guard_of_these_tests_sees_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    with pytest.raises(Opened):
        main(["--yes", "--claims", "api-key"])


@pytest.mark.usefixtures("no_credentials")
def test_without_a_region_or_credentials_a_sentence_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["--yes"]) == 1
    assert capsys.readouterr().err == (
        "No AWS region is set: export AWS_DEFAULT_REGION, or choose a profile that has one with AWS_PROFILE.\n"
    )
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert main(["--yes"]) == 1
    assert "AWS cannot be asked who you are (NoCredentialsError)" in capsys.readouterr().err


def test_a_claim_that_does_not_exist_and_a_name_that_is_no_runs_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--claims", "nowhere", "--dry-run"]) == 1
    assert "There is no claim nowhere" in capsys.readouterr().err
    assert main(["--clean", "production"]) == 1
    assert "not 'production'" in capsys.readouterr().err
