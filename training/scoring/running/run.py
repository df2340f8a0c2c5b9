"""A run: the chunks of all inputs, each scored unless it was, each written as a part with its receipt."""

import time
from collections.abc import Callable, Iterable, Iterator

from training.errors import ScoringFailed, UnusableOutput
from training.scoring.chunk import Input
from training.scoring.job import Job, Part, stem_of
from training.scoring.running.scorer import Scorer
from training.scoring.running.summary import Summary, Totals
from training.scoring.writing.output import Output


def run(inputs: Iterable[Input], output: Output, scorer: Scorer, advance: Callable[[int], None]) -> Summary:
    """Score all rows of `inputs` into `output`; `advance` is told how many more rows are done.

    Raises UnusableOutput where two inputs would have parts of the same names, InvalidTable where one cannot be read,
    and what `scorer` raises. The parts that were written by then stay, for a run that resumes.
    """
    began = time.perf_counter()
    totals = Totals()

    def missing() -> Iterator[Part]:
        for part in parts(inputs, output.job):
            receipt = output.kept(part)
            if receipt is None:
                yield part
            else:
                totals.add(receipt, kept=True)
                advance(receipt.rows)

    for part, scored in scorer.run(missing()):
        if scored.rows != part.chunk.count:
            raise ScoringFailed(
                f"{part.name} has {scored.rows} rows where it should have {part.chunk.count}: its input changed while "
                "it was read. Let it be, and go on by --resume."
            )
        totals.add(output.write(part, scored), kept=False)
        advance(scored.rows)
    summary = Summary(output.job, totals, time.perf_counter() - began, output.place.uri)
    output.finish(summary.document())
    return summary


def parts(inputs: Iterable[Input], job: Job) -> Iterator[Part]:
    """The parts of all inputs, in order; raises UnusableOutput where two inputs would have parts of the same names."""
    stems: dict[str, str] = {}
    for one in inputs:
        stem = stem_of(one.tag.name)
        if stem in stems:
            raise UnusableOutput(
                f"{stems[stem]!r} and {one.tag.name!r} would have parts of the same names: score one of them into "
                "another place."
            )
        stems[stem] = one.tag.name
        yield from (job.part(one.tag, chunk) for chunk in one.chunks(job.rows_per_part))
