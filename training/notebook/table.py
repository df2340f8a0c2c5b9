"""Makes one table of what a notebook has: rows and true answers, as DataFrames, arrays or lists.

Types are kept as they are, for the model was fitted to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.errors import InvalidTable, listed

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Table:
    """The rows with a column for each of `targets`; there are none where the truth is not known."""

    frame: "pd.DataFrame"
    targets: tuple[str, ...]


def table_of(rows: Any, truth: Any, own_names: Sequence[str], target: str | Sequence[str] | None) -> Table:
    """One table of `rows`, of shape (rows, features), and `truth`, of shape (rows,) or (rows, targets), or None.

    Columns without names get those of `own_names`, the model's, or x0, x1, … as scikit-learn has them. `target` names
    what is predicted, else the names of `truth` do. Raises InvalidTable.
    """
    frame = _rows(rows, own_names)
    if truth is None:
        return Table(frame, ())
    answers = _truth(truth, target)
    if len(answers) != len(frame):
        raise InvalidTable(f"X_test has {len(frame)} rows and y_test {len(answers)}: give the answers to these rows.")
    if _has_index(rows) and _has_index(truth) and not rows.index.equals(truth.index):
        raise InvalidTable(
            "X_test and y_test are indexed differently, so which answer belongs to which row is not sure: give "
            "y_test.loc[X_test.index]."
        )
    both = [name for name in answers.columns if name in frame.columns]
    if both:
        raise InvalidTable(
            f"X_test has a column {both[0]!r}, and so is what is predicted named: leave it out of X_test, or name what "
            "is predicted with target=."
        )
    for name in answers.columns:
        frame[name] = answers[name]
    return Table(frame, tuple(answers.columns))


def _rows(rows: Any, own_names: Sequence[str]) -> "pd.DataFrame":
    import pandas as pd

    frame = rows.reset_index(drop=True).copy() if isinstance(rows, pd.DataFrame) else _of_array(rows, "X_test")
    if len(frame) == 0:
        raise InvalidTable("X_test has no rows: give some that the model was not fitted to.")
    if not isinstance(rows, pd.DataFrame):
        width = frame.shape[1]
        frame.columns = pd.Index(own_names if len(own_names) == width else [f"x{place}" for place in range(width)])
    frame.columns = pd.Index([str(name) for name in frame.columns])
    twice = frame.columns[frame.columns.duplicated()].tolist()
    if twice:
        raise InvalidTable(f"X_test has two columns named {twice[0]!r}: rename one, and fit again.")
    return frame


def _truth(truth: Any, target: str | Sequence[str] | None) -> "pd.DataFrame":
    import pandas as pd

    named = [target] if isinstance(target, str) else list(target or ())
    if isinstance(truth, pd.Series):
        answers = truth.reset_index(drop=True).to_frame("target" if truth.name is None else str(truth.name))
    elif isinstance(truth, pd.DataFrame):
        answers = truth.reset_index(drop=True).copy()
    else:
        answers = _of_array(truth, "y_test")
        several = answers.shape[1] > 1
        answers.columns = pd.Index([f"target_{place}" if several else "target" for place in range(answers.shape[1])])
    if named:
        if len(named) != answers.shape[1]:
            raise InvalidTable(f"target names {listed(named)}, and y_test has {answers.shape[1]} columns.")
        answers.columns = pd.Index(named)
    answers.columns = pd.Index([str(name) for name in answers.columns])
    return answers


def _of_array(values: Any, called: str) -> "pd.DataFrame":
    import pandas as pd

    dense = values.toarray() if hasattr(values, "toarray") else values
    try:
        frame = pd.DataFrame(dense if isinstance(dense, (np.ndarray, list)) else np.asarray(dense))
    except ValueError as error:
        raise InvalidTable(f"{called} is no table of rows: give a DataFrame, an array or lists of values.") from error
    if frame.shape[1] == 0 and len(frame):
        raise InvalidTable(f"{called} has no columns.")
    # An array of objects may hold columns of numbers.
    return frame.infer_objects()


def _has_index(values: Any) -> bool:
    import pandas as pd

    return isinstance(values, (pd.DataFrame, pd.Series))
