"""One execution environment's model: loaded in the init phase, refreshed while it serves, tried again after a failure.

A failed load is remembered, not raised: an exception in the init phase would end in a 502 without a reason (AWS Lambda
Developer Guide, "Understanding the Lambda execution environment lifecycle"). A model that serves is replaced only by
one that was proved: whatever goes wrong with a refresh, the last good model goes on serving.

Lambda freezes an environment between two requests, for seconds or for hours, and its clocks may stand still meanwhile.
So the outcome of a refresh counts only for the request that began it. A later request that finds it ended asks the
alias again, which costs one conditional GET where the alias still names what was loaded, and takes that answer.
"""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from handler.errors.model import ModelUnavailable, RegistryUnreachable
from handler.registry.manifest import Manifest
from handler.registry.storage import IN_MEMORY_BYTES
from handler.serving.freed_memory import give_back
from handler.serving.future import Future, attempt
from handler.serving.source import ServedModel

if TYPE_CHECKING:
    from handler.serving.predictor import Predictor

FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 30.0

REFRESH_WAIT_SECONDS = 1.0
"""The longest that one request waits for a refresh. A model that takes longer comes during the requests that follow:
Lambda lets an environment run only while it has a request, so a refresh that no request waited for would never end."""

SHORT_WAIT_SECONDS = 0.1
"""The same while a retry is put off: enough for a conditional GET where S3 answers."""

TimedModel = tuple[ServedModel, float]
"""A model, and the seconds that it took to get it."""


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

    `load` is `ModelSource.load`; `first` is what the first `start` uses in its place; `clock` counts seconds; `jitter`
    gives numbers in [0, 1), which spread the retries of many environments. Requests come one at a time, on localhost as
    on Lambda (AWS Lambda Developer Guide, "Understanding Lambda function scaling").
    """

    def __init__(
        self,
        load: Callable[[ServedModel | None], ServedModel],
        refresh_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
        first: Callable[[], ServedModel] | None = None,
    ) -> None:
        self._load = load
        self._first = first
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        # Not random.random: its state is part of a snapshot, and all that are restored from one would retry together.
        self._jitter = jitter or random.SystemRandom().random
        self._model: ServedModel | None = None
        self._failure: Exception = ModelUnavailable("The model was not asked for yet.")
        self._due = clock()
        self._failures = 0
        self._refresh: Future[TimedModel] | None = None
        self._news: list[Loaded | RefreshFailed] = []
        self._freed = False

    def start(self) -> None:
        """Load the model now; remember the outcome."""
        first, self._first = self._first, None
        self._load_now(first or partial(self._load, None))

    def ask_again(self) -> None:
        """Have the next request ask the alias before it answers, as if nobody had asked yet."""
        self._due = self._clock()
        self._refresh = None

    def restored(self, seconds: float) -> None:
        """The environment came back from a snapshot of unknown age: ask the alias before anything is answered.

        Returns after `seconds` at the latest, because a hook that takes too long ends the environment; requests then go
        on with what is under way.
        """
        # Also drops what was under way: it began before the snapshot, and its connections are gone.
        self.ask_again()
        self._follow_alias(seconds)

    def predictor(self) -> "Predictor":
        """The model that serves; raises ModelUnavailable where none does, and the reason is not a bug of ours.

        Where none is held, loads one once the wait after a failure is over; where one is held and a refresh is due,
        refreshes, and waits REFRESH_WAIT_SECONDS at most for that.
        """
        due = self._clock() >= self._due
        if self._model is None:
            if self._refresh is not None:
                self._follow_alias(None)
            elif due:
                self._load_now(partial(self._load, None))
            if self._model is None:
                # The same error may refuse many requests: without this, it would keep the frames of each.
                raise self._failure.with_traceback(None)
        elif due or self._refresh is not None:
            self._follow_alias(REFRESH_WAIT_SECONDS if due else SHORT_WAIT_SECONDS)
            if self._freed:  # not sooner: what brought the new model still held the old one
                self._freed = False
                give_back()
        return self._model.predictor

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

    def _load_now(self, load: Callable[[], ServedModel]) -> None:
        self._settle(attempt(partial(self._timed, load)))

    def _follow_alias(self, seconds: float | None) -> None:
        """Ask the alias and take what it leads to, if that comes within `seconds`; else leave it to a later request.

        What an earlier request left is waited for and never taken: the alias is asked again.
        """
        now = time.monotonic()
        ends = math.inf if seconds is None else now + seconds
        left = self._refresh
        had_ended = left is not None and left.ended_by(now)
        if left is None:
            asked = self._ask(self._model)
        elif left.ended_by(ends):
            asked = self._ask_after(left)
        else:
            return
        if asked is None:
            return
        if asked.ended_by(ends):
            self._refresh = None
            self._settle(asked.outcome)
        elif left is not None and had_ended:
            # The answer had all of this request's wait: a registry as slow as that is reported, and asked less often.
            late = RegistryUnreachable(f"What the alias names now did not come within {seconds:g} s.")
            self._failed(left.outcome if isinstance(left.outcome, Exception) else late)

    def _ask_after(self, left: Future[TimedModel]) -> Future[TimedModel] | None:
        """Ask again after the end of a refresh that an earlier request left; None while that has to wait.

        A model that it brought is loaded, and serves if the alias still names it. After a failure, a retry that is not
        due is put off: a version that cannot be used would otherwise be loaded all the time.
        """
        if not isinstance(left.outcome, Exception):
            model, _ = left.outcome
            return self._ask(replace(model, beside=self._model))
        return self._ask(self._model) if self._model is None or self._clock() >= self._due else None

    def _ask(self, held: ServedModel | None) -> Future[TimedModel] | None:
        """Begin a refresh; None, and a failure like any other, where the environment has no thread left."""
        self._refresh = None
        try:
            self._refresh = Future(partial(self._timed, partial(self._load, held)), "refresh")
        except RuntimeError as error:
            self._failed(error)
        return self._refresh

    def _timed(self, load: Callable[[], ServedModel]) -> TimedModel:
        began = self._clock()
        model = load()
        return model, self._clock() - began

    def _settle(self, outcome: TimedModel | Exception) -> None:
        """Hold the model that was loaded, or remember why none was. A bug too: it becomes a 500 with its trace."""
        if isinstance(outcome, Exception):
            self._failed(outcome)
            return
        model, seconds = outcome
        replaced = self._model.predictor.manifest if self._model else None
        self._model = replace(model, beside=None)
        if replaced is None or replaced.version != model.version:
            self._news.append(Loaded(model.version, seconds, replaced.version if replaced else None))
            self._freed = replaced is not None and replaced.artifact.bytes > IN_MEMORY_BYTES
        self._failures = 0
        self._due = self._clock() + self._refresh_seconds

    def _failed(self, error: Exception) -> None:
        """Remember the failure, and wait before the next try: twice as long after each one, up to a bound.

        Where a model serves, the wait is more or less by up to a half, or many environments would retry together.
        """
        wait = min(FIRST_RETRY_SECONDS * 2 ** min(self._failures, 10), LAST_RETRY_SECONDS)
        self._failures += 1
        if self._model is None:
            self._failure = error
        else:
            self._news.append(RefreshFailed(self._model.version, error))
            wait *= 0.5 + self._jitter()
        self._due = self._clock() + wait
