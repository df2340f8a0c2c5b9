"""Runs ministack, a stand-in for AWS that `sam deploy` can deploy to: on loopback, over TLS, with IAM enforced.

TLS, because the bucket's policy refuses anything else; IAM, because rights that nobody checks prove nothing. Only on
Linux, because ministack runs the deployed package as it is.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from ops.commands import REGION, ROOT, ToolMissing
from ops.http_client import HttpApi, free_port

PYTHON = ROOT / ".tools/ministack/bin/python"
SERVER = Path(__file__).with_name("ministack_with_any_method.py")
START_SECONDS = 30
ASKED_SECONDS = 2
"""How long it may take to end by itself. It would wait for whoever keeps a connection open, such as an idle client."""

KILLED_SECONDS = 10


class NotStarted(Exception):
    """ministack could not be started; the message says why, or holds the end of its log."""


@dataclass(frozen=True)
class Credentials:
    """One principal's access key. The default pair is the one that ministack accepts for the account's root."""

    access_key: str = "test"
    secret_key: str = "test"

    def environment(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}


ROOT_CREDENTIALS = Credentials()


@dataclass(frozen=True)
class StandIn:
    """A running ministack with all its files below `directory`; `process_id` is also the id of its process group."""

    directory: Path
    port: int
    process_id: int

    @property
    def endpoint(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        """The certificate to trust: ministack signs its own."""
        return self.directory / "ministack-tls/server.crt"

    @property
    def log(self) -> Path:
        return self.directory / "log"

    def environment(self, credentials: Credentials = ROOT_CREDENTIALS) -> dict[str, str]:
        """What points any AWS tool or SDK at this stand-in."""
        certificate = str(self.certificate)
        place = {"AWS_ENDPOINT_URL": self.endpoint, "AWS_CA_BUNDLE": certificate, "AWS_DEFAULT_REGION": REGION}
        return place | credentials.environment()

    def client(self, service: str, credentials: Credentials = ROOT_CREDENTIALS) -> Any:
        """A boto3 client of `service`. Any: the stubs choose the type by a literal name, and this one is a variable."""
        session = boto3.Session(credentials.access_key, credentials.secret_key, region_name=REGION)
        return session.client(service, endpoint_url=self.endpoint, verify=str(self.certificate))  # type: ignore[call-overload]  # as above

    def is_running(self) -> bool:
        """Whether the process exists and is ours: the system reuses process ids."""
        try:
            command = Path(f"/proc/{self.process_id}/cmdline").read_bytes()
        except OSError:
            return False
        return SERVER.name.encode() in command

    def stop(self) -> None:
        """End ministack and the functions it runs. Its files stay."""
        for number, seconds in ((signal.SIGTERM, ASKED_SECONDS), (signal.SIGKILL, KILLED_SECONDS)):
            deadline = time.monotonic() + seconds
            if self.is_running():
                os.killpg(self.process_id, number)
            while self.is_running() and time.monotonic() < deadline:
                time.sleep(0.05)


def find(directory: Path) -> StandIn | None:
    """The stand-in that keeps its files in `directory`, if one is running."""
    for file in directory.glob("ministack-*.pid"):
        stand_in = StandIn(directory, int(file.stem.removeprefix("ministack-")), int(file.read_text()))
        if stand_in.is_running():
            return stand_in
    return None


def start(directory: Path, port: int) -> StandIn:
    """Start an empty stand-in that keeps its files in `directory`; raises ToolMissing or NotStarted."""
    require_tools()
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise NotStarted(f"Something listens on port {port} already: end it, or choose another with CLOUD_PORT=.")
    directory.mkdir(parents=True, exist_ok=True)
    # An environment of its own, because its functions inherit it, which Lambda's do not.
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(directory),
        "TMPDIR": str(directory),
        "AUTH": "true",
        "USE_SSL": "1",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "SFTP_ENABLED": "0",
        "S3_DATA_DIR": str(directory / "s3"),
        "STATE_DIR": str(directory / "state"),
        "DOCKER_HOST": "unix:///nonexistent",
    }
    with (directory / "log").open("w") as log:
        # In a session of its own, it outlives this process and can be ended together with its functions.
        subprocess.run(
            ["setsid", "--fork", str(PYTHON), str(SERVER)],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (stand_in := answering(directory, port)) is not None:
            return stand_in
        time.sleep(0.1)
    raise NotStarted(f"ministack did not start on port {port}:\n{(directory / 'log').read_text()[-3000:]}")


@contextmanager
def running(directory: Path) -> Iterator[StandIn]:
    """An empty stand-in on a free port, which ends with the context; raises as `start`."""
    stand_in = start(directory, free_port())
    try:
        yield stand_in
    finally:
        stand_in.stop()


def answering(directory: Path, port: int) -> StandIn | None:
    """The stand-in of `directory`, once its health check passes."""
    try:
        # ministack writes this file itself.
        stand_in = StandIn(directory, port, int((directory / f"ministack-{port}.pid").read_text()))
        well = HttpApi(stand_in.endpoint, stand_in.certificate).ask("GET", "/_ministack/health").status == 200
    except (OSError, ValueError):
        return None
    return stand_in if well else None


def require_tools() -> None:
    """Raise ToolMissing where this machine cannot run the stand-in."""
    if sys.platform != "linux":
        raise ToolMissing("The stand-in runs the function's package on this machine, and the package is for Linux.")
    if not PYTHON.exists():
        raise ToolMissing(f"{PYTHON} is missing: run `make .tools/ministack/installed`.")
    if shutil.which("openssl") is None:
        raise ToolMissing("ministack makes its certificate with openssl, which is not on PATH: install it.")
