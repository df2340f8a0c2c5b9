"""What becomes of one chunk: it is read, each of its rows is answered or refused, and all are written out as bytes."""

import time
from collections import Counter
from typing import Any

from handler.scoring.outcome import Outcome
from handler.scoring.rows import answer_rows
from handler.serving.predictor import Predictor
from training.scoring.chunk import ChunkValues
from training.scoring.job import Part, Scored
from training.scoring.writing.columns import columns_of
from training.scoring.writing.encoding import encoded_answers, encoded_refusals


def score(predictor: Predictor, part: Part) -> Scored:
    """The bytes of `part`; raises InvalidTable where its chunk cannot be read, and what the model raises for no row."""
    import pyarrow as pa

    began = time.perf_counter()
    values = part.chunk.read(predictor.manifest.features)
    outcome = _outcome(predictor, values)
    rows = pa.array(values.rows)
    answers = encoded_answers(part.format, rows, values.kept, outcome, columns_of(predictor.manifest))
    refused = encoded_refusals(part.format, rows, values.kept, outcome.refusals) if outcome.refusals else None
    codes = Counter(refusal.code for refusal in outcome.refusals.values())
    return Scored(answers, refused, len(values.rows), dict(sorted(codes.items())), time.perf_counter() - began)


def _outcome(predictor: Predictor, values: ChunkValues) -> Outcome:
    """What becomes of all rows, those that could not be read among them."""
    readable = [place for place in range(len(values.rows)) if place not in values.unread]
    found = answer_rows(predictor, [values.sent(place) for place in readable])
    if not values.unread:
        return found
    answers: list[dict[str, Any] | None] = [None] * len(values.rows)
    for place, answer in zip(readable, found.answers, strict=True):
        answers[place] = answer
    refusals = {readable[place]: refusal for place, refusal in found.refusals.items()}
    return Outcome(answers, {**values.unread, **refusals})
