"""What a run writes, in which order, so that a run that is killed anywhere is taken up without a row twice or lost.

Part, refused rows, receipt: a part counts from its receipt on. What no longer belongs to the run goes at its end.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from training.errors import UnusableOutput
from training.scoring.made import Scored
from training.scoring.writing.job import Job, Part
from training.scoring.writing.place import Place, Written
from training.scoring.writing.receipts import Receipt

MARK = "receipts/run.json"
"""Written before anything else: files of parts' names beside it are of `score`, and of nobody else."""

SUMMARY = "summary.json"

_OURS = re.compile(r"(?:(?:refused/)?[^/]+-\d{5,}\.(?:csv|jsonl|parquet))|receipts/[^/]+-\d{5,}\.json")


@dataclass
class Output:
    """The parts of `job` in `place`. `made` are the names of the files that belong to it, so far."""

    place: Place
    job: Job
    made: set[str]
    there: set[str]

    def kept(self, part: Part) -> Receipt | None:
        """The receipt of `part` where an earlier run of the same job made it and all of it is there."""
        if part.receipt_file not in self.there:
            return None
        data = self.place.read(part.receipt_file)
        receipt = None if data is None else Receipt.from_json(data)
        if receipt is None or not receipt.is_of(self.job, part):
            return None
        files = [receipt.part] if receipt.refused is None else [receipt.part, receipt.refused]
        if not all(self.place.has(file) for file in files):
            return None
        if receipt.refused is None:
            self._leave_out(part.refused_file)
        self.made |= {part.receipt_file, *(file.file for file in files)}
        return receipt

    def write(self, part: Part, scored: Scored) -> Receipt:
        """Write what was made of `part`, and then its receipt."""
        refused: Written | None = None
        written = self.place.write(part.file, scored.part)
        if scored.refused is None:
            self._leave_out(part.refused_file)
        else:
            refused = self.place.write(part.refused_file, scored.refused)
        receipt = Receipt.of(self.job, part, scored, written, refused)
        self.place.write(part.receipt_file, receipt.to_json())
        self.made |= {part.receipt_file, part.file, *([part.refused_file] if refused else [])}
        return receipt

    def finish(self, summary: dict[str, Any]) -> None:
        """Remove the files of parts that are not of this job, receipts last; then write the summary."""
        others = {name for name in self.there if _OURS.fullmatch(name)} - self.made
        for name in sorted(others, key=lambda name: (name.startswith("receipts/"), name)):
            self.place.delete(name)
        self.place.write(SUMMARY, _json(summary))

    def _leave_out(self, name: str) -> None:
        if name in self.there:
            self.place.delete(name)


@contextlib.contextmanager
def opened_output(place: Place, job: Job, *, resume: bool) -> Iterator[Output]:
    """The output of `job` in `place`, to be written into by this run alone where the place can tell.

    Raises UnusableOutput where something is there already: anything at all without `resume`, and with it what no run
    of `score` began.
    """
    with place.held():
        there = {name for name in place.names() if _OURS.fullmatch(name) or not _is_hidden(name)}
        _require_own(place, there, resume=resume)
        # An earlier summary is of what is changed now.
        if SUMMARY in there:
            place.delete(SUMMARY)
        place.write(MARK, _json({"version": job.version, "manifest_sha256": job.manifest_sha256}))
        yield Output(place, job, set(), there)


def _require_own(place: Place, there: set[str], *, resume: bool) -> None:
    """Raise UnusableOutput unless `there` is nothing, or what is to be resumed."""
    if MARK in there and not resume:
        raise UnusableOutput(
            f"An earlier run wrote into {place.uri}: go on with it by --resume, which keeps the parts that are whole, "
            "or name another place."
        )
    if there and MARK not in there:
        raise UnusableOutput(
            f"{place.uri} has files that `score` did not write, such as {min(there)}: name a place for the parts alone."
        )


def _is_hidden(name: str) -> bool:
    return name.rpartition("/")[2].startswith(".")


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
