"""What a function of this checkout would have: the versions that handler/requirements.txt pins, and Lambda's Python.

A model is trained, published and promoted against these, not against whatever happens to be installed here.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import handler
from handler.engines.shipped import pinned_versions
from handler.engines.versions import differing, require_runtime
from handler.errors.model import RuntimeMismatch
from training.release.deployed.record import FunctionRecord


def shipped_versions() -> dict[str, str]:
    """The versions by the names that manifests use."""
    pins = Path(handler.__file__).with_name("requirements.txt").read_text()
    return pinned_versions(dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", pins, re.MULTILINE)))


def require_provable(needed: Mapping[str, str], functions: Sequence[FunctionRecord]) -> None:
    """Raise RuntimeMismatch unless a model made under `needed` may load under this checkout's pins, as its proof does.

    `functions` are those that are deployed and could serve it.
    """
    if not functions:
        require_runtime(needed, shipped_versions())
    elif differences := differing(needed, shipped_versions(), "this checkout pins"):
        commits = {function.commit for function in functions if function.commit}
        raise RuntimeMismatch(
            f"The deployed function could serve it, but it cannot be proved here: it was made under "
            f"{', '.join(differences)}. Promote it from a checkout with the function's pins"
            f"{', such as ' + ' or '.join(sorted(commits)) if commits else ''}."
        )
