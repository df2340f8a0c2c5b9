"""The library versions that a model depends on, and when two sets of them may meet.

Compared before anything is loaded: scikit-learn supports no loading across its versions (scikit-learn User Guide,
"Model persistence", "Security & maintainability limitations"), and where it happens to work the numbers may still
differ. Which parts of a version count stands in `handler.engines.shipped`.
"""

import platform
import sys
from collections.abc import Mapping

from handler.engines.shipped import (
    LIBRARIES,
    OPTIONAL,
    PACKAGES,
    PYTHON_COMPARED,
    REQUIREMENTS_FILES,
    Library,
    engine_of,
)
from handler.errors.model import RuntimeMismatch


def installed_versions(engine: str = "scikit-learn") -> dict[str, str]:
    """The versions here of Python and of the engine's libraries, by the names that manifests use.

    Imports none of them: what only some models need must not cost the others its import.
    """
    found = {library.name: _installed(library) for library in LIBRARIES[engine]}
    return {"python": platform.python_version(), **{name: here for name, here in found.items() if here}}


def versions_in_use(engine: str = "scikit-learn") -> dict[str, str]:
    """Those of `installed_versions` that a model which was fitted or loaded in this process can depend on.

    A library that only some models need is among them where it was imported here, so that models without it also load
    where it is not installed.
    """
    unused = {
        library.name for library in LIBRARIES[engine] if not library.every_model and library.module not in sys.modules
    }
    return {name: here for name, here in installed_versions(engine).items() if name not in unused}


def require_runtime(needed: Mapping[str, str], installed: Mapping[str, str], engine: str = "scikit-learn") -> None:
    """Raise RuntimeMismatch, naming every difference, unless a model made under `needed` may load under `installed`."""
    if differing := differing_versions(needed, installed, engine):
        differences = [f"{name} {made} (here {here})" for name, (made, here) in differing.items()]
        files = {engine_of(package): REQUIREMENTS_FILES[package] for package in PACKAGES}
        raise RuntimeMismatch(
            f"The model was made under {', '.join(differences)}. Train it again under the versions of "
            f"handler/{files.get(engine, 'requirements.txt')}, or pin the model's versions there and deploy."
        )


def differing_versions(
    needed: Mapping[str, str], installed: Mapping[str, str], engine: str = "scikit-learn"
) -> dict[str, tuple[str, str]]:
    """Of each library whose version keeps a model made under `needed` from loading under `installed`, both versions."""
    # What could ship and does not is missing to a model that needs it.
    optional = OPTIONAL.values() if engine == "scikit-learn" else ()
    compared = {
        library.name: library.compared
        for library in (*optional, *LIBRARIES[engine])
        if library.every_model or library.name in needed
    }
    return {
        name: (needed.get(name, "unknown"), installed.get(name, "none"))
        for name, parts in (compared | {"python": PYTHON_COMPARED}).items()
        if not _agree(needed.get(name), installed.get(name), parts)
    }


def _agree(needed: str | None, installed: str | None, parts: int | None) -> bool:
    if needed is None or installed is None:
        return False
    return needed.split(".")[:parts] == installed.split(".")[:parts]


def _installed(library: Library) -> str | None:
    if module := sys.modules.get(library.module):
        return str(module.__version__)
    # Takes longer, and a cold start has imported what every model needs.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(library.name)
    except PackageNotFoundError:
        return None
