"""Any parameter of an estimator can be written into a manifest."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from training.folder.parameters import plain_parameters


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.inf, "inf"),
        (-np.inf, "-inf"),
        (np.nan, "nan"),
        (np.float64("nan"), "nan"),
        (np.float32("inf"), "inf"),
        (np.int64(5), 5),
        (np.bool_(True), True),
        (np.str_("l2"), "l2"),
        (None, None),
        ([1, np.nan], "[1, nan]"),
        (LogisticRegression(C=np.inf), "LogisticRegression(C=inf)"),
    ],
)
def test_a_parameter_is_written_as_json_has_it_or_as_a_text(value: Any, written: Any) -> None:
    assert json.loads(json.dumps(plain_parameters({"C": value}), allow_nan=False)) == {"C": written}


def test_the_folder_of_a_cache_is_left_out() -> None:
    assert plain_parameters({"memory": "/home/me", "clf__memory": "/home/me"}) == {"memory": None, "clf__memory": None}


def test_parameters_are_sorted() -> None:
    assert list(plain_parameters({"b": 1, "a": 2})) == ["a", "b"]
