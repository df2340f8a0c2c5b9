"""Which engine loads a model: the one whose form of it the manifest lists, and whose libraries are here.

A package has the libraries of one engine. An engine is imported when it is chosen, and no sooner: its libraries are
most of a cold start. A new engine is a module in handler/engines/, a line in ENGINES, and what
handler/engines/shipped.py says of it.
"""

import sys
from collections.abc import Callable
from importlib.util import find_spec

from handler.engines.base import Engine
from handler.engines.shipped import FORMS, LIBRARIES
from handler.errors.model import JoblibFormMissing, OnnxFormMissing, UnloadableArtifact
from handler.registry.manifest import Manifest


def _scikit_learn() -> Engine:
    from handler.engines.scikit_learn import ScikitLearn

    return ScikitLearn()


def _onnx_runtime() -> Engine:
    from handler.engines.onnx_runtime.engine import OnnxRuntime

    return OnnxRuntime()


ENGINES: dict[str, Callable[[], Engine]] = {"joblib": _scikit_learn, "onnx": _onnx_runtime}
"""The engine for each form of a model, by the form's name in manifests. Of several that a manifest lists and whose
libraries are here, the first is loaded."""

_MISSING: dict[tuple[str, ...], type[UnloadableArtifact | JoblibFormMissing | OnnxFormMissing]] = {
    ("joblib",): JoblibFormMissing,
    ("onnx",): OnnxFormMissing,
}
"""The error for a version that has not the one form which is loaded here, but another that some function loads."""


def forms_here() -> tuple[str, ...]:
    """The forms of a model that can be loaded here, in the order of ENGINES: those whose engine's library is found."""
    return tuple(form for form in ENGINES if _is_here(LIBRARIES[FORMS[form]][0].module))


def form_for(manifest: Manifest) -> str:
    """The form of the model to read and load.

    Raises JoblibFormMissing or OnnxFormMissing where another function could load the version, UnloadableArtifact where
    none could.
    """
    here = forms_here()
    for form in here:
        if form in manifest.artifacts:
            return form
    error = _MISSING.get(here, UnloadableArtifact) if FORMS.keys() & {*manifest.forms} else UnloadableArtifact
    raise error(
        f"{manifest.version} has its model as {', '.join(sorted(manifest.forms))}, and this function loads "
        f"{', '.join(sorted(here))}: publish the model in such a form, or deploy a function that has the engine."
    )


def _is_here(module: str) -> bool:
    return module in sys.modules or find_spec(module) is not None


def engine_for(manifest: Manifest) -> Engine:
    """The engine that loads `form_for(manifest)`; imports its libraries. Raises UnloadableArtifact."""
    return ENGINES[form_for(manifest)]()


def import_shipped_engine() -> None:
    """Import the engine of this package with its libraries, before it is known what the manifest asks for."""
    ENGINES[forms_here()[0]]()
