"""Which engine loads a model: the one whose form of it the manifest lists.

An engine is imported when it is chosen, and no sooner: its libraries are most of a cold start. A new engine is a module
beside this one and a line in ENGINES.
"""

from collections.abc import Callable

from handler.engines.base import Engine
from handler.errors.model import UnloadableArtifact
from handler.registry.manifest import Manifest


def _scikit_learn() -> Engine:
    from handler.engines.scikit_learn import ScikitLearn

    return ScikitLearn()


ENGINES: dict[str, Callable[[], Engine]] = {"joblib": _scikit_learn}
"""The engine for each form of a model, by the form's name in manifests. Of several that a manifest lists, the first
here is loaded."""


def form_for(manifest: Manifest) -> str:
    """The form of the model to read and load; raises UnloadableArtifact where no engine is there for any of them."""
    for form in ENGINES:
        if form in manifest.artifacts:
            return form
    raise UnloadableArtifact(
        f"{manifest.version} has its model as {', '.join(sorted(manifest.forms))}, and this function loads "
        f"{', '.join(sorted(ENGINES))}: publish the model in such a form, or deploy a function that has the engine."
    )


def engine_for(manifest: Manifest) -> Engine:
    """The engine that loads `form_for(manifest)`; imports its libraries. Raises UnloadableArtifact."""
    return ENGINES[form_for(manifest)]()


def import_shipped_engine() -> None:
    """Import the first engine of ENGINES with its libraries, before it is known which one the manifest asks for."""
    next(iter(ENGINES.values()))()
