"""What the deployed function has: the versions that handler/requirements.txt pins, and Lambda's Python.

A model is trained, published and promoted against these, not against whatever happens to be installed here.
"""

import re
from pathlib import Path

import handler
from handler.engines.shipped import LIBRARIES

LAMBDA_PYTHON = "3.13"
"""The runtime that template.yaml names; a test holds the two together."""


def shipped_versions() -> dict[str, str]:
    """The versions by the names that manifests use."""
    pins = Path(handler.__file__).with_name("requirements.txt").read_text()
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", pins, re.MULTILINE))
    names = [library.name for libraries in LIBRARIES.values() for library in libraries]
    return {"python": LAMBDA_PYTHON, **{name: pinned[name] for name in names if name in pinned}}
