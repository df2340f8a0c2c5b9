"""What becomes of one chunk: it is read, each of its rows is answered or refused, and all are written out as bytes."""

import time
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from handler.scoring.outcome import Outcome, laid_together
from handler.scoring.rows import answer_array, answer_rows
from handler.serving.predictor import Predictor
from training.scoring.chunk import Chunk, ChunkValues
from training.scoring.made import Format, Scored
from training.scoring.writing.columns import columns_of
from training.scoring.writing.encoding import encoded_answers, encoded_refusals


def score(predictor: Predictor, chunk: Chunk, form: Format) -> Scored:
    """What is made of `chunk`; raises InvalidTable where it cannot be read, and what the model raises for no row."""
    import pyarrow as pa

    began = time.perf_counter()
    values = chunk.read(predictor.manifest.features)
    outcome = _outcome(predictor, values)
    rows = pa.array(values.rows)
    answers = encoded_answers(form, rows, values.kept, outcome, columns_of(predictor.manifest))
    refused = encoded_refusals(form, rows, values.kept, outcome.refusals) if outcome.refusals else None
    codes = Counter(refusal.code for refusal in outcome.refusals.values())
    return Scored(answers, refused, len(values.rows), dict(sorted(codes.items())), time.perf_counter() - began)


def _outcome(predictor: Predictor, values: ChunkValues) -> Outcome:
    """What becomes of all rows, those that could not be read among them."""
    if not values.unread:
        return _asked(predictor, values, np.arange(len(values.rows)))
    readable = np.setdiff1d(np.arange(len(values.rows)), list(values.unread))
    found = _asked(predictor, values, readable)
    return laid_together(len(values.rows), [(readable.tolist(), found)], values.unread)


def _asked(predictor: Predictor, values: ChunkValues, places: NDArray[np.intp]) -> Outcome:
    """What becomes of the rows at `places`, all of which can be read."""
    if values.numbers is None or values.suspect is None:
        return answer_rows(predictor, [values.sent(place) for place in places.tolist()])
    numbers, suspect = values.numbers[places], values.suspect[places]
    return answer_array(predictor, numbers, suspect, lambda place: values.sent(int(places[place])))
