"""What a function of this checkout would have: the versions that its package's requirements pin, and Lambda's Python.

A model is trained, published and promoted against these, not against whatever happens to be installed here: each form
of it against the package that loads that form.
"""

import re
from collections.abc import Sequence

from handler.engines.shipped import DEFAULT_PACKAGE, PACKAGES, engine_of, pinned_versions
from handler.engines.versions import differing_versions, installed_versions, require_runtime
from handler.errors.model import RuntimeMismatch
from handler.registry.manifest import Manifest
from training.errors import OtherVersionsInstalled
from training.function_environment import REQUIREMENTS
from training.release.deployed.record import FunctionRecord


def shipped_versions(package: str = DEFAULT_PACKAGE) -> dict[str, str]:
    """The versions that `package` has, by the names that manifests use."""
    pins = REQUIREMENTS[package].read_text()
    return pinned_versions(dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", pins, re.MULTILINE)), engine_of(package))


def package_for(form: str) -> str:
    """The package that loads `form` of a model; the default one where none does."""
    return next((package for package, loaded in PACKAGES.items() if loaded == form), DEFAULT_PACKAGE)


def require_shipped_runtime(manifest: Manifest) -> None:
    """Raise RuntimeMismatch unless each form of the model may load in the package of this checkout that loads it."""
    for package in _packages(manifest):
        require_runtime(manifest.runtime, shipped_versions(package), engine_of(package))


def require_shipped_versions() -> None:
    """Raise OtherVersionsInstalled, naming each, where a model that is fitted here, or its twin, could not be
    published."""
    differing: dict[str, tuple[str, str]] = {}
    for package in PACKAGES:
        engine = engine_of(package)
        differing |= differing_versions(installed_versions(engine), shipped_versions(package), engine)
    if differing:
        here = ", ".join(f"{name} {installed}" for name, (installed, _) in differing.items())
        there = ", ".join(f"{name} {shipped}" for name, (_, shipped) in differing.items())
        raise OtherVersionsInstalled(
            f"Here {here} is installed, and the function has {there}: a model that is fitted here would not be "
            "published. Run `make install`, which installs what handler/requirements.txt pins, or pin your versions "
            "there and deploy."
        )


def require_provable(manifest: Manifest, functions: Sequence[FunctionRecord]) -> None:
    """Raise RuntimeMismatch unless each form of the model may load under this checkout's pins, as its proof does.

    `functions` are those that are deployed and could serve it.
    """
    if not functions:
        require_shipped_runtime(manifest)
        return
    differing: dict[str, tuple[str, str]] = {}
    for package in _packages(manifest):
        differing |= differing_versions(manifest.runtime, shipped_versions(package), engine_of(package))
    if differing:
        differences = [f"{name} {made} (this checkout pins {pinned})" for name, (made, pinned) in differing.items()]
        commits = {function.commit for function in functions if function.commit}
        raise RuntimeMismatch(
            f"The deployed function could serve it, but it cannot be proved here: it was made under "
            f"{', '.join(differences)}. Promote it from a checkout with the function's pins"
            f"{', such as ' + ' or '.join(sorted(commits)) if commits else ''}."
        )


def _packages(manifest: Manifest) -> list[str]:
    return list(dict.fromkeys(package_for(form) for form in manifest.forms))
