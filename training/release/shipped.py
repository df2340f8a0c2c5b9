"""What the deployed function has: the versions that handler/requirements.txt pins, and Lambda's Python.

A model is trained, published and promoted against these, not against whatever happens to be installed here.
"""

import re
from pathlib import Path

import handler
from handler.engines.shipped import LIBRARIES
from handler.engines.versions import differing_versions, installed_versions
from training.errors import OtherVersionsInstalled

LAMBDA_PYTHON = "3.13"
"""The runtime that template.yaml names; a test holds the two together."""


def shipped_versions() -> dict[str, str]:
    """The versions by the names that manifests use."""
    pins = Path(handler.__file__).with_name("requirements.txt").read_text()
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", pins, re.MULTILINE))
    names = [library.name for libraries in LIBRARIES.values() for library in libraries]
    return {"python": LAMBDA_PYTHON, **{name: pinned[name] for name in names if name in pinned}}


def require_shipped_versions() -> None:
    """Raise OtherVersionsInstalled, naming each, where a model that is fitted here could not be published."""
    differing = differing_versions(installed_versions(), shipped_versions())
    if differing:
        here = ", ".join(f"{name} {installed}" for name, (installed, _) in differing.items())
        there = ", ".join(f"{name} {shipped}" for name, (_, shipped) in differing.items())
        raise OtherVersionsInstalled(
            f"Here {here} is installed, and the function has {there}: a model that is fitted here would not be "
            "published. Run `make install`, which installs what handler/requirements.txt pins, or pin your versions "
            "there and deploy."
        )
