"""What a function of this checkout would have: the versions that handler/requirements.txt pins, and Lambda's Python.

A model is trained, published and promoted against these, not against whatever happens to be installed here.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import handler
from handler.engines.shipped import pinned_versions
from handler.engines.versions import differing_versions, installed_versions, require_runtime
from handler.errors.model import RuntimeMismatch
from training.errors import OtherVersionsInstalled
from training.release.deployed.record import FunctionRecord


def shipped_versions() -> dict[str, str]:
    """The versions by the names that manifests use."""
    pins = Path(handler.__file__).with_name("requirements.txt").read_text()
    return pinned_versions(dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", pins, re.MULTILINE)))


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


def require_provable(needed: Mapping[str, str], functions: Sequence[FunctionRecord]) -> None:
    """Raise RuntimeMismatch unless a model made under `needed` may load under this checkout's pins, as its proof does.

    `functions` are those that are deployed and could serve it.
    """
    if not functions:
        require_runtime(needed, shipped_versions())
    elif differing := differing_versions(needed, shipped_versions()):
        differences = [f"{name} {made} (this checkout pins {pinned})" for name, (made, pinned) in differing.items()]
        commits = {function.commit for function in functions if function.commit}
        raise RuntimeMismatch(
            f"The deployed function could serve it, but it cannot be proved here: it was made under "
            f"{', '.join(differences)}. Promote it from a checkout with the function's pins"
            f"{', such as ' + ' or '.join(sorted(commits)) if commits else ''}."
        )
