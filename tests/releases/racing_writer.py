"""One writer of `test_races` in a process of its own: `python -m tests.releases.racing_writer ACT URI WHAT`.

ACT is `publish` (WHAT: a folder) or `promote` (WHAT: a version). It says `ready` when all but
the writing is done, waits for a line, writes, and prints what came of it.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.integration.watched_store import WatchedStore
from training.errors import WriteConflict
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import publish, read_folder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore


@dataclass
class StartingTogether(WatchedStore):
    """A store whose first write waits for `start`: proofs take a second, and the race is about the writes."""

    start: Callable[[], object]
    started: bool = False

    def before_write(self) -> None:
        if not self.started:
            self.started = True
            self.start()


def race(act: str, store: WritableStore, what: str) -> str:
    """Do it; gives `won`, or the name of the conflict."""
    try:
        if act == "publish":
            publish(read_folder(Path(what)), store)
        else:
            promote(store, Release(what, "production", "racer", what))
    except WriteConflict as error:
        return type(error).__name__
    return "won"


def main(act: str, uri: str, what: str) -> None:
    def start() -> None:
        print("ready", flush=True)
        sys.stdin.readline()

    print(race(act, StartingTogether(open_writable_store(uri), start), what))


if __name__ == "__main__":
    main(*sys.argv[1:])
