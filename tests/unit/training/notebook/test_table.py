"""What a notebook has becomes one table that keeps its types, or a sentence on what does not fit together."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from training.bring.frames.table_of_model.reading import read_table
from training.errors import InvalidTable, UnpackableArtifact
from training.notebook.publishing import _dumped, _require_usable, _written
from training.notebook.table import table_of

FRAME = pd.DataFrame(
    {
        "kind": pd.Categorical(["a", None, "b"], categories=["b", "a", "c"]),
        "small": np.array([0.1, 0.2, 0.3], dtype=np.float32),
        "flag": [True, False, True],
        "mixed": pd.Series([None, np.nan, "x"], dtype=object, index=[7, 3, 5]),
        "count": pd.array([1, None, 3], dtype="Int64"),
    },
    index=[7, 3, 5],
)


def test_each_type_and_each_kind_of_gap_is_in_the_table_as_it_was(tmp_path: Path) -> None:
    table = table_of(FRAME, pd.Series([1, 0, 1], index=FRAME.index, name="bought"), (), None)
    read = read_table(_written(table, tmp_path / "rows.pickle", allow_unknown=False))
    pd.testing.assert_frame_equal(read[FRAME.columns], FRAME.reset_index(drop=True))
    assert [type(value) for value in read["mixed"]] == [type(None), float, str]
    assert (read["bought"].tolist(), table.targets) == ([1, 0, 1], ("bought",))
    assert list(FRAME.columns) == ["kind", "small", "flag", "mixed", "count"]


@pytest.mark.parametrize(
    ("rows", "own", "columns"),
    [
        (np.zeros((2, 2)), (), ["x0", "x1"]),
        ([[1.0, "a"], [2.0, "b"]], (), ["x0", "x1"]),
        (np.zeros((2, 2)), ("age", "plan"), ["age", "plan"]),
        (pd.DataFrame([[1.0], [2.0]]), ("0",), ["0"]),
    ],
)
def test_columns_without_names_get_the_model_s_or_those_of_scikit_learn(rows: Any, own: Any, columns: Any) -> None:
    assert table_of(rows, None, own, None).frame.columns.tolist() == columns


def test_a_list_or_an_array_of_objects_has_the_types_of_its_columns() -> None:
    for rows in ([[1.0, "a", True], [2.0, "b", False]], np.array([[1.0, "a", True], [2.0, "b", False]], dtype=object)):
        kinds = [one.kind for one in table_of(rows, None, (), None).frame.dtypes]
        assert (kinds[0], kinds[2]) == ("f", "b")


@pytest.mark.parametrize(
    ("truth", "target", "names"),
    [
        ([1, 0, 1], None, ("target",)),
        ([1, 0, 1], "bought", ("bought",)),
        (np.zeros((3, 2)), None, ("target_0", "target_1")),
        (np.zeros((3, 2)), ["a", "b"], ("a", "b")),
        (pd.DataFrame({"a": [1, 2, 3], "b": [1, 2, 3]}, index=FRAME.index), None, ("a", "b")),
        (None, "x", ()),
    ],
)
def test_what_is_predicted_is_named_by_target_by_its_own_names_or_by_default(
    truth: Any, target: Any, names: tuple[str, ...]
) -> None:
    assert table_of(FRAME, truth, (), target).targets == names


@pytest.mark.parametrize(
    ("truth", "target", "said"),
    [
        ([1, 0], None, "X_test has 3 rows and y_test 2"),
        (pd.Series([1, 0, 1]), None, r"y_test\.loc\[X_test\.index\]"),
        ([1, 0, 1], "flag", "name what is predicted with target="),
        ([1, 0, 1], ["a", "b"], "target names a, b, and y_test has 1 columns"),
    ],
)
def test_what_does_not_fit_together_is_said(truth: Any, target: Any, said: str) -> None:
    with pytest.raises(InvalidTable, match=said):
        table_of(FRAME, truth, (), target)


def test_no_rows_and_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidTable, match="X_test has no rows"):
        table_of(FRAME.iloc[:0], None, (), None)
    with pytest.raises(InvalidTable, match="two columns named 'flag'"):
        table_of(pd.concat([FRAME, FRAME[["flag"]]], axis=1), None, (), None)


def test_wrong_arguments_are_told_before_anything_takes_time() -> None:
    model = LogisticRegression()
    with pytest.raises(UnpackableArtifact, match="Give y_test"):
        _require_usable(model, None, "production", False, None)
    with pytest.raises(UnpackableArtifact, match="force needs a reason"):
        _require_usable(model, [1], "production", True, " ")
    with pytest.raises(UnpackableArtifact, match="alias is 'A b'"):
        _require_usable(model, [1], "A b", False, None)


def test_what_pickle_cannot_write_gets_a_sentence(tmp_path: Path) -> None:
    from sklearn.preprocessing import FunctionTransformer

    with pytest.raises(UnpackableArtifact, match="at the top of a module of yours"):
        _dumped(FunctionTransformer(lambda x: x), tmp_path / "model.joblib")
