"""One execution environment's model: loaded in the init phase, kept between requests, tried again after a failure.

`handler.app` asks it for a predictor at every request. A failed load is remembered, not raised, for an exception in
the init phase would end in a 502 without a reason (AWS Lambda Developer Guide, "Understanding the Lambda execution
environment lifecycle"). Refreshing a model that serves is not here yet: it belongs in `predictor`, beside the retry.
"""

import math
import time
from collections.abc import Callable

from handler.errors import ModelUnavailable
from handler.manifest import Manifest
from handler.predictor import Predictor, load_predictor
from handler.registry import read_alias, read_artifact, read_manifest
from handler.store import Store

FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 30.0


def load_served_model(store: Store, alias_name: str) -> Predictor:
    """Walk the chain of trust from the alias to a proved predictor; raises ModelUnavailable."""
    alias = read_alias(store, alias_name)
    manifest = read_manifest(store, alias.version, alias.manifest_sha256)
    return load_predictor(read_artifact(store, manifest))


class Environment:
    """The model of one execution environment, or the reason why it has none.

    `load` gets a predictor or raises ModelUnavailable; `clock` counts seconds. Lambda gives an environment one
    request at a time (AWS Lambda Developer Guide, "Understanding Lambda function scaling"), so there is no lock.
    """

    def __init__(self, load: Callable[[], Predictor], clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._clock = clock
        self._state: Predictor | ModelUnavailable = ModelUnavailable("The model was not asked for yet.")
        self._retry_at = clock()
        self._wait = FIRST_RETRY_SECONDS
        self._load_seconds: float | None = None

    def start(self) -> None:
        """Try to load; remember the outcome, and how long a success took."""
        began = self._clock()
        try:
            self._state = self._load()
        except ModelUnavailable as error:
            self._state = error
            self._retry_at = self._clock() + self._wait
            self._wait = min(2 * self._wait, LAST_RETRY_SECONDS)
        else:
            self._load_seconds = self._clock() - began

    def predictor(self) -> Predictor:
        """The model that serves, loading it where the last try failed and its wait is over; raises ModelUnavailable."""
        if isinstance(self._state, ModelUnavailable) and self._clock() >= self._retry_at:
            self.start()
        if isinstance(self._state, ModelUnavailable):
            raise self._state
        return self._state

    def served(self) -> Manifest | None:
        """The manifest of the model that is held, without a try to load one."""
        return None if isinstance(self._state, ModelUnavailable) else self._state.manifest

    def take_load_seconds(self) -> float | None:
        """How long the last load took; None once it was told."""
        seconds, self._load_seconds = self._load_seconds, None
        return seconds

    def retry_after(self) -> int:
        """Whole seconds, at least 1, until a request would try again: the Retry-After of a 503 (RFC 9110, 10.2.3)."""
        return max(1, math.ceil(self._retry_at - self._clock()))
