"""Whoever calls the API that day: somebody asks for one row after the other all the time, and others send batches."""

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

from ops.http_client import HttpApi

PAUSE_SECONDS = 0.2
"""Between two requests of whoever asks all the time: with the batches, below the template's ThrottleRate of 20."""

BATCH = 500
RELEASE_SECONDS = 60
"""How long a release may take until it answers."""


class Callers:
    """`statuses` and `versions` count all answers of the day; 0 is the status of a request that nothing answered.

    Within its context somebody asks for `rows`, one after the other and again from the first. No two requests are under
    way at once, so that one environment answers all of them: what another one has counted would only be read once that
    one is asked again.
    """

    def __init__(self, api: HttpApi, rows: Sequence[dict[str, Any]]) -> None:
        self.statuses: Counter[int] = Counter()
        self.versions: Counter[str] = Counter()
        self._api = api
        self._rows = itertools.cycle(rows)
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._asking = threading.Thread(target=self._ask_on)

    def __enter__(self) -> Self:
        self._asking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._asking.join()

    def turn_to(self, rows: Sequence[dict[str, Any]]) -> None:
        """From now on these are what is asked for all the time."""
        self._rows = itertools.cycle(rows)

    def send(self, rows: Sequence[dict[str, Any]]) -> None:
        """Ask for all of `rows`, in batches."""
        for first in range(0, len(rows), BATCH):
            self._ask({"instances": rows[first : first + BATCH]})

    def wait_for(self, version: str) -> None:
        """Wait until an answer comes from `version`; fails where none does in time."""
        deadline = time.monotonic() + RELEASE_SECONDS
        while not self.versions[version]:
            assert time.monotonic() < deadline, f"{version} does not answer: {dict(self.versions)}"
            time.sleep(PAUSE_SECONDS)

    def _ask_on(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            self._ask({"features": next(self._rows)})

    def _ask(self, document: dict[str, Any]) -> None:
        with self._turn:
            try:
                answer = self._api.ask("POST", "/predict", json.dumps(document))
                status, version = answer.status, answer.headers.get("x-model-version", "none")
            except OSError:
                status, version = 0, "none"
            self.statuses[status] += 1
            self.versions[version] += 1
