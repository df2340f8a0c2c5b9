"""From settings to a model: what each entry of the function needs, whatever it answers."""

from collections.abc import Callable
from functools import partial
from typing import NoReturn

from handler.coldstart import init_phase
from handler.errors.model import InvalidSettings
from handler.registry.directory_store import DirectoryStore
from handler.registry.schemes import open_store
from handler.registry.store import Store
from handler.serving.artifact_cache import temporary_cache
from handler.serving.holder import ModelHolder
from handler.serving.source import ModelSource, ServedModel
from handler.settings import DEFAULT_REFRESH_SECONDS, Settings


def open_source(settings: Settings, opener: Callable[[str], Store] = open_store) -> ModelSource:
    """Where the model comes from, its registry opened by `opener`; raises InvalidSettings where the URI leads to no
    registry that is known."""
    store = opener(settings.model_uri)
    # A directory is as near as the cache would be. /tmp is all that a function may write to, and elsewhere everybody's.
    cached = init_phase.ON_LAMBDA and not isinstance(store, DirectoryStore)
    return ModelSource(store, settings.model_alias, temporary_cache() if cached else None)


def open_holder(source: ModelSource, refresh_seconds: float, ahead: bool = False) -> ModelHolder:
    """What will hold the model of `source`; its bytes are being read already if `ahead`, for the holder's `start`."""
    return ModelHolder(source.load, refresh_seconds, first=source.read_ahead() if ahead else None)


def failed_holder(error: InvalidSettings) -> ModelHolder:
    """A holder that has no model and never will, because of `error`."""
    return ModelHolder(partial(_fail, error), DEFAULT_REFRESH_SECONDS)


def _fail(error: InvalidSettings, _: ServedModel | None) -> NoReturn:
    raise error
