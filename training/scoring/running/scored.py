"""What becomes of one chunk: it is read, each of its rows is answered or refused, and all are written out as bytes."""

import time
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from handler.scoring.outcome import Outcome, laid_together
from handler.scoring.rows import answer_array, answer_rows
from handler.serving.predictor import Predictor
from training.scoring.chunk import Chunk, ChunkValues
from training.scoring.made import Format, Scored
from training.scoring.writing.columns import columns_of
from training.scoring.writing.encoding import encoded_answers, encoded_refusals

if TYPE_CHECKING:
    import pyarrow as pa


def score(predictor: Predictor, chunk: Chunk, form: Format) -> Scored:
    """What is made of `chunk`; raises InvalidTable where it cannot be read, and what the model raises for no row."""
    began = time.perf_counter()
    rows, kept, outcome = _asked(predictor, chunk)
    answers = encoded_answers(form, rows, kept, outcome, columns_of(predictor.manifest))
    refused = encoded_refusals(form, rows, kept, outcome.refusals) if outcome.refusals else None
    codes = Counter(refusal.code for refusal in outcome.refusals.values())
    return Scored(answers, refused, len(rows), dict(sorted(codes.items())), time.perf_counter() - began)


def _asked(predictor: Predictor, chunk: Chunk) -> "tuple[pa.Array, pa.Table, Outcome]":
    """The places of the rows, what is kept of them and what becomes of them; their values are given back by then."""
    import pyarrow as pa

    values = chunk.read(predictor.manifest.features)
    return pa.array(values.rows), values.kept, _outcome(predictor, values)


def _outcome(predictor: Predictor, values: ChunkValues) -> Outcome:
    """What becomes of all rows, those that could not be read among them."""
    if not values.unread and values.numbers is not None and values.suspect is not None:
        return answer_array(predictor, values.numbers, values.suspect, values.sent)
    readable = np.setdiff1d(np.arange(len(values.rows)), list(values.unread))
    return laid_together(
        len(values.rows), [(readable.tolist(), _outcome_at(predictor, values, readable))], values.unread
    )


def _outcome_at(predictor: Predictor, values: ChunkValues, places: NDArray[np.intp]) -> Outcome:
    """What becomes of the rows at `places`, all of which can be read."""
    if values.numbers is None or values.suspect is None:
        return answer_rows(predictor, [values.sent(place) for place in places.tolist()])
    numbers, suspect = values.numbers[places], values.suspect[places]
    return answer_array(predictor, numbers, suspect, lambda place: values.sent(int(places[place])))
