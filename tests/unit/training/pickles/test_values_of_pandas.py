"""With a table a model may hold values of pandas, which are taken out of it, and nothing of it that reads or runs."""

import io
import pickle
from typing import Any

import pandas as pd
import pytest

from training.pickles.allowed import refusal_of_imports
from training.pickles.imports import PickleContents, inspect_pickle

VALUES = [
    pd.Index(["a", "b"]),
    pd.Series([1.0, 2.0]),
    pd.DataFrame({"a": [1], "b": ["x"]}),
    pd.Series(["a"]).unique(),
    pd.Categorical(["a"]),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_are_allowed_with_a_table_alone(value: Any) -> None:
    contents = inspect_pickle(io.BytesIO(pickle.dumps(value)))
    assert refusal_of_imports(contents, with_frames=True) is None
    assert "Add --table DATA --target COLUMN" in str(refusal_of_imports(contents))


@pytest.mark.parametrize("name", ["pandas.read_pickle", "pandas.eval", "pandas.core.computation.eval.eval"])
def test_what_reads_or_runs_is_not(name: str) -> None:
    held = inspect_pickle(io.BytesIO(pickle.dumps(1.0))).held
    assert refusal_of_imports(PickleContents((name,), (), held), with_frames=True) is not None
