"""What a brought model cannot take, and what can be known of that, stands in its contract."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from handler.records.signature import Domain
from tests.unit.training.packaging import refusal, understand

OPTIONS = ("--features", "code,amount")
ROWS = np.array([[1.0, 5.0], [2.0, 1.0], [4.0, 2.0], [1.0, 7.0]])
MODEL = make_pipeline(
    ColumnTransformer([("code", OneHotEncoder(), [0]), ("amount", FunctionTransformer(np.log1p), [1])]),
    LogisticRegression(),
).fit(ROWS, [0, 1, 0, 1])


def test_the_codes_of_an_encoder_and_the_domain_of_a_function_are_in_the_manifest(tmp_path: Path) -> None:
    code, amount = understand(tmp_path, MODEL, [2, 3.5], *OPTIONS).manifest.features
    assert code.domain == Domain(values=(1.0, 2.0, 4.0))
    assert amount.domain == Domain(exclusive_minimum=-1.0)


@pytest.mark.parametrize(
    ("row", "words"), [([3, 3.5], ("'code' is 3", "one of 1, 2, 4")), ([1, -5], ("'amount' is -5", "above -1"))]
)
def test_an_example_outside_is_refused_with_what_is_taken(
    tmp_path: Path, row: list[float], words: tuple[str, ...]
) -> None:
    said = refusal(tmp_path, MODEL, row, *OPTIONS)
    assert all(word in said for word in words)
