"""A run: the chunks of all inputs, each scored unless it was, each written as a part with its receipt."""

import time
from collections.abc import Callable, Iterable, Iterator

from handler.serving.freed_memory import give_back
from training.errors import ScoringFailed
from training.scoring.chunk import Input
from training.scoring.running.scorer import Scorer
from training.scoring.running.summary import Summary, Totals
from training.scoring.writing.job import Part
from training.scoring.writing.output import Output


def run(inputs: Iterable[Input], output: Output, scorer: Scorer, advance: Callable[[int], None]) -> Summary:
    """Score all rows of `inputs` into `output`; `advance` is told how many more rows are done.

    Raises InvalidTable where an input cannot be read, and what `scorer` raises. The parts that were written by then
    stay, for a run that resumes.
    """
    began = time.perf_counter()
    totals = Totals()

    def missing() -> Iterator[Part]:
        parts = (output.job.part(one.tag, chunk) for one in inputs for chunk in one.chunks(output.job.rows_per_part))
        for part in parts:
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
        give_back()
        advance(scored.rows)
    summary = Summary(output.job, totals, time.perf_counter() - began, output.place.uri)
    output.finish(summary.document())
    return summary
