"""What measures `score` fails where memory is not flat or an answer is another, and computes cost as AWS does."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from bench.scoring.__main__ import sizes
from bench.scoring.command import differing
from bench.scoring.cost import by_queue, by_stream, by_url
from bench.scoring.growth import Size, faults
from bench.scoring.kinds import write_table

SIZES = [Size(1_000_000, 280, 500, 3, 10, 1_000_000), Size(10_000_000, 2_800, 510, 3, 100, 10_000_000)]


@pytest.mark.parametrize(
    ("most", "steps"), [(10_000_000, [100_000, 1_000_000, 10_000_000]), (100_000, [100_000]), (5, [100_000])]
)
def test_tables_grow_tenfold_up_to_the_longest(most: int, steps: list[int]) -> None:
    assert sizes(most) == steps


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (Size(10_000_000, 2_800, 510, 3, 100, 10_000_000), []),
        (Size(10_000_000, 2_800, 700, 3, 100, 10_000_000), ["memory grew 1.40 times"]),
        (Size(10_000_000, 2_800, 510, 3, 100, 9_999_999), ["9,999,999 were answered"]),
        (Size(10_000_000, 2_800, 1_100, 3, 100, 10_000_000), ["took 1,100 MB", "memory grew"]),
    ],
)
def test_memory_that_grows_or_rows_that_are_lost_are_a_fault(last: Size, said: list[str]) -> None:
    found = faults([SIZES[0], last])
    assert [part in sentence for part, sentence in zip(said, found, strict=True)] == [True] * len(said)


def test_another_prediction_or_a_missing_row_differs() -> None:
    rows = pd.DataFrame({"id": [0, 1], "prediction": ["a", "b"], "probabilities.a": [0.75, 0.5]})
    assert differing(rows, rows) == (0, 0.0)
    other = rows.assign(prediction=["a", "a"], **{"probabilities.a": [0.75, 0.25]})
    assert differing(rows, other) == (1, 0.25)
    assert differing(rows[:1], rows)[0] == 2


def test_a_table_is_written_in_batches_that_make_up_all_rows(tmp_path: Path) -> None:
    def draw(drawn: np.random.Generator, rows: int) -> pd.DataFrame:
        return pd.DataFrame({"x": drawn.random(rows)})

    write_table(tmp_path / "x.parquet", draw, 120_000)
    ids = pyarrow.parquet.read_table(tmp_path / "x.parquet")["id"].to_numpy()
    assert (ids == np.arange(120_000)).all()


def test_a_million_requests_cost_what_the_price_lists_say() -> None:
    assert by_url(1_000_000, 0) == pytest.approx(3.50 + 0.20)
    # Ten messages fit into a request: they are sent, received and deleted, and so are their answers.
    assert by_queue(1_000_000, 0, 0.3) == pytest.approx(600_000 * 0.40 / 1e6 + 100_000 * 0.20 / 1e6)
    # 300 KB are five requests of 64 KB, for each of the four that carry a body.
    assert by_queue(1_000, 0, 300) == pytest.approx((4 * 5_000 + 2 * 100) * 0.40 / 1e6 + 100 * 0.20 / 1e6)
    assert by_stream(1_000_000, 0, 0.3) == pytest.approx(0.014 + 300_000 * 0.40 / 1e6 + 10_000 * 0.20 / 1e6)
