"""Gets the pinned wheels of one target, from a cache of verified files or with pip.

pip is used so that mirrors, proxies and credentials are configured where they always are. A cached wheel is hashed
against its pin before every use. With all of them cached, the network is not used.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from packager.errors import CannotLoad, WheelUnavailable
from packager.target import Target
from packager.wheels.amazon_linux import GLIBC_MINOR, PYTHON_MINOR, platform_tags, refusal_of_wheel
from packager.wheels.lockfile import Pin, normalised, parse_lock


def fetch_wheels(requirements: Path, target: Target, cache: Path) -> list[Path]:
    """The wheel of every pin in `requirements` for `target`, sorted by name.

    Raises WheelUnavailable where one cannot be had as pinned, CannotLoad where Amazon Linux 2023 could not load it.
    """
    text = requirements.read_text()
    pins = parse_lock(text)
    folder = cache / target.architecture / hashlib.sha256(text.encode()).hexdigest()[:16]
    if not folder.is_dir():
        _download(requirements, target, folder)
    wheels = sorted(folder.glob("*.whl"))
    require_pinned(pins, wheels)
    for wheel in wheels:
        if refusal := refusal_of_wheel(wheel.name, target):
            raise CannotLoad(f"{wheel.name} cannot be loaded by Lambda: {refusal}. Pin another version.")
    return wheels


def require_pinned(pins: Iterable[Pin], wheels: Iterable[Path]) -> None:
    """Raise WheelUnavailable unless `wheels` holds exactly one wheel of each pin, and every byte of it is as pinned."""
    found = {_identity(wheel): wheel for wheel in wheels}
    for pin in pins:
        wheel = found.pop((pin.name, pin.version), None)
        if wheel is None:
            raise WheelUnavailable(f"{pin.name} {pin.version} is not among the cached wheels: delete .cache/wheels.")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest not in pin.hashes:
            raise WheelUnavailable(f"{wheel} was changed since pip verified it (SHA-256 {digest}): delete it.")
    if found:
        raise WheelUnavailable(f"{sorted(map(str, found.values()))} are in no pin: delete .cache/wheels.")


def _identity(wheel: Path) -> tuple[str, str]:
    name, version, *_ = wheel.name.split("-")
    return normalised(name), version


def _download(requirements: Path, target: Target, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".downloading-") as scratch:
        # fmt: off
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
            "--dest", scratch, "--requirement", str(requirements), "--require-hashes", "--no-deps",
            "--only-binary", ":all:", "--implementation", "cp", "--python-version", f"3.{PYTHON_MINOR}",
            *(option for tag in platform_tags(target) for option in ("--platform", tag)),
        ]
        # fmt: on
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, our own words
        if done.returncode != 0:
            raise WheelUnavailable(
                f"pip could not get every wheel for {target.architecture} (CPython 3.{PYTHON_MINOR}, {target.machine}, "
                f"glibc 2.{GLIBC_MINOR} or older) with {sys.executable}:\n{_errors(done.stderr)}"
            )
        # Another build may have put the same files there meanwhile; either set will do.
        if not folder.is_dir():
            complete = Path(scratch) / "complete"
            complete.mkdir()
            for wheel in Path(scratch).glob("*.whl"):
                wheel.rename(complete / wheel.name)
            try:
                complete.rename(folder)
            except OSError:
                shutil.rmtree(complete)


def _errors(stderr: str) -> str:
    errors = [line for line in stderr.splitlines() if "ERROR" in line or "No module named" in line]
    return "\n".join(errors[-5:]) or stderr[-2000:]
