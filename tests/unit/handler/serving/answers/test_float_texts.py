"""`handler.serving.answers.float_texts`: many floats are written digit by digit as Python writes one."""

import json
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.serving.answers import float_texts as module
from handler.serving.answers.float_texts import LEAST, MANY, MOST, float_texts

TWOS = [2.0**power for power in range(-1074, 1024)]
TENS = [float(f"1e{power}") for power in range(-323, 309)]


def same_texts(numbers: list[float]) -> None:
    assert float_texts(np.array(numbers, dtype=np.float64)) == list(map(repr, numbers))


any_float = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1, 1) | st.integers(-99, 99).map(float)


@given(st.lists(any_float, min_size=1))
def test_any_floats_are_written_as_their_repr(numbers: list[float]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MANY", 0)
        same_texts(numbers)


@pytest.mark.parametrize("numbers", [TWOS, TENS, [LEAST, MOST, 0.0, -0.0, 9007199254740993.0, 0.1, 1 / 3]])
def test_the_edges_of_how_floats_are_written_and_their_neighbours(
    numbers: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MANY", 0)
    near = [neighbour for number in numbers for neighbour in (math.nextafter(number, 0), number, -number)]
    same_texts(near + [math.nextafter(number, math.inf) for number in numbers if number < 1e308])


def test_a_hundred_thousand_shares_are_written_as_json_dumps_writes_them() -> None:
    shares = 1 / (1 + np.exp(np.random.default_rng(0).normal(0, 8, 100_000)))
    assert json.loads(f"[{','.join(float_texts(shares))}]") == shares.tolist()
    assert f"[{', '.join(float_texts(shares))}]" == json.dumps(shares.tolist())


def test_a_few_floats_need_no_other_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orjson", None)
    same_texts([0.5] * (MANY - 1))
