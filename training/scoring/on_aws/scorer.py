"""Scores parts by the stack's state machine: uploads the chunks, has a run of it score them, and collects the answers.

A job has one folder in the bucket, named for what its answers depend on. So whoever asks for the same again, after a
kill at any point, finds what is there: a chunk is uploaded unless it is there, is scored unless its receipt is, and
a run that is under way is waited for.
"""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from training.console import count_progress, person
from training.errors import ScoringFailed
from training.scoring.chunk import InputTag
from training.scoring.made import Scored
from training.scoring.on_aws.bucket import JobFolder
from training.scoring.on_aws.chunks import Names, line_of
from training.scoring.on_aws.collecting import collected
from training.scoring.on_aws.cost import Cost
from training.scoring.on_aws.executions import RUNNING, SUCCEEDED, Execution, StateMachine
from training.scoring.on_aws.receipts import RemoteReceipt, receipt_of
from training.scoring.on_aws.sending import Sent, in_order, send
from training.scoring.running.version import Chosen
from training.scoring.writing.job import Job, Part

FOLDER = "batches"
"""Below the model's root: what the function may write, and what expires after 30 days (template.yaml)."""

MOST_CHUNKS = 25_000
"""In one run: each adds a word to the output of the state machine, which holds 256 KiB (AWS Step Functions Developer
Guide, "Step Functions service quotas")."""

COLLECTED_AT_ONCE = 3
"""One is read from S3 while another is written out; each takes some fifty megabytes."""

NO_RECEIPT = b"{}\n"

LEFT = "left"
"""The state machine's word for a chunk that was throttled to the end."""

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 5.0


def job_id(job: Job, tags: Iterable[InputTag]) -> str:
    """The name of the job's folder: it changes with the inputs, how they are read and cut, and the version.

    Not with the columns that are kept or the format of the parts, which the function never sees.
    """
    inputs = sorted(astuple(tag) for tag in tags)
    asked = [inputs, job.version, job.manifest_sha256, job.reading, job.rows_per_part]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]


def list_name(number: int) -> str:
    """Where the list of chunks of the job's run of this number is."""
    return f"lists/{number:05}.jsonl"


@dataclass
class StateMachineScorer:
    """Scores by `machine`, through the job's `folder`. `resume` is whether the job may have been begun before.

    What a run cost is told to the person at its end. `sleep` waits for the state machine.
    """

    folder: JobFolder
    machine: StateMachine
    chosen: Chosen
    resume: bool
    sleep: Callable[[float], None] = time.sleep

    def run(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Scored]]:
        """As `Scorer` has it. All that can be is collected before ScoringFailed names what was not scored, and why."""
        with tempfile.TemporaryDirectory(prefix="score-") as shelf:
            yield from self._run(parts, Path(shelf))

    def _run(self, parts: Iterable[Part], shelf: Path) -> Iterator[tuple[Part, Scored]]:
        number = self._begun()
        with count_progress("Uploading chunks", None) as advance:
            sent = send(self.folder, self.chosen, parts, shelf, advance)
        missing = [each for each in sent if each.receipt is None]
        ended = self._scored(missing, number + 1) if missing else None
        ran = 0.0
        reasons: dict[str, str] = {}
        asked = {each.part.name: place for place, each in enumerate(missing)}
        for each, receipt, scored, failure in in_order(self._collect, sent, COLLECTED_AT_ONCE):
            place = asked.get(each.part.name)
            if receipt and place is not None:
                ran += receipt.gb_seconds
            if scored is not None:
                yield each.part, scored
            else:
                word = ended.words[place] if ended and place is not None and place < len(ended.words) else ""
                reasons[each.part.name] = failure or self._reason(each, word)
        person().print(Cost.of(ran, len(missing), self.folder.requests).sentence())
        if reasons:
            raise ScoringFailed(_what_failed(reasons, len(sent), ended))

    def _begun(self) -> int:
        """How many runs of the job were begun; the last one is waited for if it is under way."""
        lists = self.folder.moments("lists/")
        number = len(lists)
        if number and not self.resume:
            raise ScoringFailed(
                "The same tables were given to the same version before: --resume goes on with that, and collects what "
                "is scored already."
            )
        if number and (last := self.machine.look(self.machine.execution_arn(self._name(number, lists)))):
            self._wait(last, {}, "Waiting for the run that is under way")
        return number

    def _scored(self, missing: list[Sent], number: int) -> Execution:
        """Have the chunks scored in a new run, and wait for its end."""
        if len(missing) > MOST_CHUNKS:
            raise ScoringFailed(
                f"There are {len(missing):,} chunks, and one run takes {MOST_CHUNKS:,}: take more --rows-per-part."
            )
        before = self.folder.tags("receipts/")
        self.folder.create(list_name(number), b"".join(line_of(each.item) for each in missing))
        name = self._name(number, self.folder.moments("lists/"))
        arn = self.machine.start(name, self.folder.key(list_name(number)))
        left = {Names.of(each.part).receipt: before.get(Names.of(each.part).receipt) for each in missing}
        return self._wait(Execution(arn, RUNNING), left, f"Scoring {len(missing):,} chunks on AWS")

    def _wait(self, execution: Execution, before: dict[str, str | None], what: str) -> Execution:
        """Wait for the end. Progress are receipts that are new: `before` has the tags of those that were there."""
        wait, done = FIRST_WAIT_SECONDS, 0
        try:
            with count_progress(what, len(before) or None) as advance:
                while execution.status == RUNNING:
                    self.sleep(wait)
                    wait = min(wait * 1.5, LONGEST_WAIT_SECONDS)
                    execution = self.machine.look(execution.arn) or execution
                    if before:
                        now = self.folder.tags("receipts/")
                        new = sum(now.get(name) not in (None, tag) for name, tag in before.items())
                        advance(new - done)
                        done = new
        except KeyboardInterrupt:
            person().print(
                "The run on AWS goes on. To wait for it again, and collect what it scores, add --resume. To stop it:\n"
                f"  aws stepfunctions stop-execution --execution-arn {execution.arn}"
            )
            raise
        return execution

    def _collect(self, sent: Sent) -> tuple[Sent, RemoteReceipt | None, Scored | None, str | None]:
        """The part, its receipt and what was made of it, or why nothing was."""
        receipt = sent.receipt or receipt_of(self.folder.get(Names.of(sent.part).receipt), sent.item)
        if receipt is None:
            return sent, None, None, None
        try:
            return sent, receipt, collected(self.folder, self.chosen, sent, receipt), None
        except ScoringFailed as error:
            # A receipt of what is not there would keep it from being scored again.
            self.folder.put(Names.of(sent.part).receipt, NO_RECEIPT)
            return sent, receipt, None, str(error)

    def _reason(self, sent: Sent, word: str) -> str:
        """Why a chunk has no receipt."""
        if word == LEFT:
            return "Lambda or S3 throttled it, or did not answer, however often it was tried"
        data = self.folder.get(Names.of(sent.part).chunk)
        if data is None:
            return "its chunk is not in the bucket any more"
        if hashlib.sha256(data).hexdigest() != sent.item.sha256:
            return "its chunk in the bucket was changed after it was uploaded"
        if word:
            return "the function cannot score it: in its log, /aws/lambda/…-batch, a line `chunk broken` says why"
        return "the run ended before it was scored"

    def _name(self, number: int, lists: Mapping[str, int]) -> str:
        """The name of the job's run of this number, by when its list was written.

        A name is given once in 90 days (AWS Step Functions API Reference, "StartExecution"), and lists expire before.
        """
        return f"{self.folder.folder.rpartition('/')[2]}-{number}-{lists.get(list_name(number), 0)}"


def _what_failed(reasons: dict[str, str], parts: int, ended: Execution | None) -> str:
    shown = "".join(f"\n  {name}: {reason}" for name, reason in list(reasons.items())[:20])
    more = f"\n  and {len(reasons) - 20:,} more" if len(reasons) > 20 else ""
    run = f" The run did not come to its end: {ended.why()}." if ended and ended.status != SUCCEEDED else ""
    return (
        f"{len(reasons):,} of {parts:,} parts were not scored; all others are collected.{run}{shown}{more}\n"
        "Go on by --resume, which uploads these again where it has to, and scores them alone."
    )
