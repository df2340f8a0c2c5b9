"""One execution environment's model: loaded in the init phase, refreshed while it serves, tried again after a failure.

`handler.app` asks it for a predictor at every request. A failed load is remembered, not raised, for an exception in
the init phase would end in a 502 without a reason (AWS Lambda Developer Guide, "Understanding the Lambda execution
environment lifecycle"). A model that serves is only ever replaced by one that was proved: whatever goes wrong with a
refresh, the last good model goes on serving.

Lambda freezes an environment between two requests, for seconds or for hours, and its clocks may stand still meanwhile.
So what a refresh found counts only for the request that began it. A later request that finds it ended asks the alias
again, which costs one conditional GET where the alias still names what was loaded, and takes what that answers.
"""

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handler.errors.model import ModelUnavailable, RegistryUnreachable
from handler.registry.manifest import Manifest
from handler.serving.source import ServedModel

if TYPE_CHECKING:
    from handler.serving.predictor import Predictor

FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 30.0

REFRESH_WAIT_SECONDS = 1.0
"""How long one request waits for a refresh at most. A model that takes longer comes during the requests that follow:
Lambda lets an environment run only while it has a request; a refresh that no request waited for would never end."""

SHORT_WAIT_SECONDS = 0.1
"""The same while a retry is put off: enough for a conditional GET where S3 answers."""


@dataclass(frozen=True)
class Loaded:
    """A model was loaded, in `seconds`; `replaced` is the version that served until then."""

    version: str
    seconds: float
    replaced: str | None


@dataclass(frozen=True)
class RefreshFailed:
    """The alias could not be followed; `version` goes on serving."""

    version: str
    error: Exception


class ModelHolder:
    """The model of one execution environment, or the reason why it has none.

    `load` is `ModelSource.load`, `first` what `start` uses in its place; `clock` counts seconds; `jitter` gives numbers
    in [0, 1), which spread the retries of many environments. Requests come one at a time (AWS Lambda Developer Guide,
    "Understanding Lambda function scaling"); the one thread that refreshes hands over its result by ending.
    """

    def __init__(
        self,
        load: Callable[[ServedModel | None], ServedModel],
        refresh_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
        first: Callable[[ServedModel | None], ServedModel] | None = None,
    ) -> None:
        self._load = load
        self._first = first or load
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        # Not random.random: its state is part of a snapshot, and all that are restored from one would retry together.
        self._jitter = jitter or random.SystemRandom().random
        self._model: ServedModel | None = None
        self._failure: Exception = ModelUnavailable("The model was not asked for yet.")
        self._due = clock()
        self._failures = 0
        self._refresh: _Refresh | None = None
        self._news: list[Loaded | RefreshFailed] = []

    def start(self) -> None:
        """Load the model where none is held; remember the outcome."""
        self._load_with(self._first)

    def ask_again(self) -> None:
        """Have the next request ask the alias before it answers, as if nobody had asked yet."""
        self._due = self._clock()
        self._refresh = None

    def _load_with(self, load: Callable[[ServedModel | None], ServedModel]) -> None:
        began = self._clock()
        try:
            model = load(None)
        except Exception as error:  # noqa: BLE001 - a bug is remembered too: it becomes a 500 with its trace in the log
            self._failed(error)
        else:
            self._take(model, self._clock() - began)

    def predictor(self) -> "Predictor":
        """The model that serves; raises ModelUnavailable where none does, and the reason is not a bug of ours.

        Where none is held and the wait is over, loads; where one is held and a refresh is due, refreshes, for which it
        waits REFRESH_WAIT_SECONDS at most.
        """
        due = self._clock() >= self._due
        if self._model is None:
            if self._refresh is not None:
                self._follow_alias(None)
            elif due:
                self._load_with(self._load)
            if self._model is None:
                # The same error may refuse many requests: without this, it would keep the frames of each.
                raise self._failure.with_traceback(None)
        elif due or self._refresh is not None:
            self._follow_alias(REFRESH_WAIT_SECONDS if due else SHORT_WAIT_SECONDS)
        return self._model.predictor

    def restored(self, seconds: float) -> None:
        """The environment came back from a snapshot of unknown age: ask the alias before anything is answered.

        Returns after `seconds` at the latest, for a hook that takes too long ends the environment; requests then go on
        with what is under way.
        """
        # Also drops what was under way: it began before the snapshot, and its connections are gone.
        self.ask_again()
        self._follow_alias(seconds)

    def served(self) -> Manifest | None:
        """The manifest of the model that is held, without a try to load one."""
        return self._model.predictor.manifest if self._model else None

    def take_news(self) -> list[Loaded | RefreshFailed]:
        """What happened since this was last asked, for the log and the metrics."""
        news, self._news = self._news, []
        return news

    def retry_after(self) -> int:
        """Whole seconds, at least 1, until a request would try again: the Retry-After of a 503 (RFC 9110, 10.2.3)."""
        return max(1, math.ceil(self._due - self._clock()))

    def _follow_alias(self, seconds: float | None) -> None:
        """Begin a refresh or go on with the one under way; take its outcome if it ends within `seconds`.

        The outcome of one that an earlier request began is not taken: the alias is asked again.
        """
        ends = math.inf if seconds is None else time.monotonic() + seconds
        earlier = self._refresh
        begun_over = earlier is not None and earlier.left and not earlier.is_alive()
        if earlier is None or not earlier.left:
            refresh = earlier or self._ask(self._model)
        else:
            refresh = self._ask_after(earlier) if earlier.ended_by(ends) else None
        if refresh is None:
            return
        if not refresh.ended_by(ends):
            refresh.left = True
            if earlier is not None and begun_over:
                late = RegistryUnreachable(f"What the alias names now did not come within {seconds:g} s.")
                self._failed(earlier.outcome if isinstance(earlier.outcome, Exception) else late)
        # On localhost requests may come at once: the first to see the end takes the outcome.
        elif self._refresh is refresh:
            self._refresh = None
            if isinstance(refresh.outcome, ServedModel):
                self._take(refresh.outcome, refresh.seconds)
            else:
                self._failed(refresh.outcome)

    def _ask_after(self, earlier: "_Refresh") -> "_Refresh | None":
        """Ask again after a refresh that an earlier request began has ended; None while that has to wait.

        A model that it found is loaded, and serves if the alias still names it. A failure is tried again at once, but
        not once more before a retry is due: a version that cannot be used would be loaded all the time.
        """
        if isinstance(earlier.outcome, ServedModel):
            return self._ask(replace(earlier.outcome, beside=self._model))
        return self._ask(self._model) if self._model is None or self._clock() >= self._due else None

    def _ask(self, held: ServedModel | None) -> "_Refresh | None":
        """Begin a refresh; None, and a failure like any other, where the environment has no thread left."""
        self._refresh = None
        refresh = _Refresh(self._load, held, self._clock)
        try:
            refresh.start()
        except RuntimeError as error:
            self._failed(error)
            return None
        self._refresh = refresh
        return refresh

    def _failed(self, error: Exception) -> None:
        if self._model is None:
            self._failure = error
        else:
            self._news.append(RefreshFailed(self._model.version, error))
        self._put_off()

    def _take(self, model: ServedModel, seconds: float) -> None:
        replaced = self._model.version if self._model else None
        if replaced != model.version:
            self._news.append(Loaded(model.version, seconds, replaced))
        self._model = replace(model, beside=None)
        self._failures = 0
        self._due = self._clock() + self._refresh_seconds

    def _put_off(self) -> None:
        """Wait twice as long after each failure, up to a bound, give or take a half where many would retry together."""
        wait = min(FIRST_RETRY_SECONDS * 2 ** min(self._failures, 10), LAST_RETRY_SECONDS)
        self._failures += 1
        if self._model is not None:
            wait *= 0.5 + self._jitter()
        self._due = self._clock() + wait


class _Refresh(threading.Thread):
    """One try to follow the alias, beside the requests. It changes nothing: `outcome` is read once it has ended.

    `left` says that the request which began it is over: Lambda may have frozen the environment since.
    """

    def __init__(
        self, load: Callable[[ServedModel | None], ServedModel], held: ServedModel | None, clock: Callable[[], float]
    ) -> None:
        super().__init__(name="refresh", daemon=True)
        self.outcome: ServedModel | Exception = ModelUnavailable("The refresh ended without an outcome.")
        self.seconds = 0.0
        self.left = False
        self._work = (load, held, clock)

    def run(self) -> None:
        load, held, clock = self._work
        began = clock()
        try:
            self.outcome = load(held)
        except Exception as error:  # noqa: BLE001 - the request that takes the outcome reports it
            self.outcome = error
        self.seconds = clock() - began

    def ended_by(self, moment: float) -> bool:
        """Whether it has ended, for which this waits until `moment` of `time.monotonic`."""
        self.join(min(max(0.0, moment - time.monotonic()), threading.TIMEOUT_MAX))
        return not self.is_alive()
