"""What scores parts, wherever it does: the seam between the run, which reads and writes, and who does the work."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from training.scoring.made import Scored
from training.scoring.writing.job import Part


class Scorer(Protocol):
    """Processes of this machine, a cluster, or a service."""

    def run(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Scored]]:
        """Each of `parts` with what was made of it, in any order; few of them are taken before others are given.

        Raises ScoringFailed, which names the part, where one could not be scored, and what reading it or loading the
        model raises. Closing it early, as an interrupt does, ends the work that is under way.
        """
