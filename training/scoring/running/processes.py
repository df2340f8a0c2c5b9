"""Scores parts by processes of this machine, one for each core, started anew so that they share no state.

Each has a pipe of its own. So it is known which part a process had that died, and only that one is tried again.
"""

import contextlib
import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from training.errors import ScoringFailed
from training.scoring.made import Scored
from training.scoring.running import worker
from training.scoring.running.worker import READY, Failure
from training.scoring.writing.job import Part

ATTEMPTS = 3
"""A part is given up once so many processes died of it."""

EACH = 2
"""Parts that a process has at once: one that it scores, and one that it has received, so that it is never idle."""


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # macOS has no affinity


@dataclass
class _Worker:
    """A process, our end of its pipe, and the parts that it has, the one that it scores first."""

    process: BaseProcess
    pipe: Connection
    parts: deque[Part] = field(default_factory=deque)
    ready: bool = False

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class ProcessScorer:
    """Scores by `count` processes that load `version` from the directory registry `registry`."""

    def __init__(self, registry: Path, version: str, count: int) -> None:
        self.registry = registry
        self.version = version
        self.count = count

    def run(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Scored]]:
        """As `Scorer` has it. A part is tried again when the process dies that scores it."""
        left = iter(parts)
        again: deque[Part] = deque()
        deaths: Counter[str] = Counter()
        workers: list[_Worker] = []
        try:
            while True:
                self._hand_out(workers, again, left)
                busy = [each for each in workers if each.parts]
                if not busy:
                    return
                for pipe in wait([each.pipe for each in busy]):
                    one = next(each for each in busy if each.pipe is pipe)
                    try:
                        answer = one.pipe.recv()
                    except (EOFError, ConnectionError):
                        workers.remove(one)
                        again.extend(_of_dead(one, deaths))
                        continue
                    if isinstance(answer, Failure):
                        raise answer.raised()
                    if answer == READY:
                        one.ready = True
                        continue
                    yield one.parts.popleft(), answer
        finally:
            for each in workers:
                each.end()

    def _hand_out(self, workers: list[_Worker], again: deque[Part], left: Iterator[Part]) -> None:
        """Give each process as many parts as it may have; start one only where there is a part for it."""
        for depth in range(1, EACH + 1):
            for place in range(self.count):
                if place < len(workers) and len(workers[place].parts) >= depth:
                    continue
                part = again.popleft() if again else next(left, None)
                if part is None:
                    return
                if place >= len(workers):
                    workers.append(self._started())
                _give(workers[place], part)

    def _started(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        arguments = (theirs, str(self.registry), self.version)
        process = context.Process(target=worker.main, args=arguments, name="score", daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)


def _give(one: _Worker, part: Part) -> None:
    one.parts.append(part)
    with contextlib.suppress(ConnectionError):  # it died: reading from its pipe will tell
        one.pipe.send((part.chunk, part.format))


def _of_dead(one: _Worker, deaths: Counter[str]) -> Iterable[Any]:
    """The parts of a process that died, to be tried again; raises ScoringFailed where that is in vain."""
    one.end()
    first = one.parts[0]
    deaths[first.name] += 1
    if deaths[first.name] >= ATTEMPTS:
        when = "of it" if one.ready else "before they had loaded the model"
        raise ScoringFailed(
            f"{first.name} could not be scored: {ATTEMPTS} processes died {when} (exit code {one.process.exitcode}), "
            "perhaps for want of memory. Take fewer --workers or smaller --rows-per-part; --resume keeps what is done."
        )
    return list(one.parts)
