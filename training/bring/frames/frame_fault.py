"""Finds the row of a table, and the value in it, over which a model raises that answers others."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from handler.serving.refused_rows import refused_rows

if TYPE_CHECKING:
    import pandas as pd

SECONDS = 20.0
"""How long the search may take."""

TRIED = 50
"""So many rows are tried one by one, to find one that is answered."""


def first_fault(asks: "Callable[[pd.DataFrame], object]", frame: "pd.DataFrame") -> str | None:
    """The first row of `frame` over which `asks` raises, as part of a sentence, and its value where that alone is to
    blame; None where no row is answered, or each of them."""
    # Stands for the frame: of each cell, the row that its value is taken from.
    places = np.repeat(np.arange(len(frame))[:, np.newaxis], frame.shape[1], axis=1)

    def ask(taken: NDArray[Any]) -> object:
        columns = {name: frame[name].iloc[taken[:, at]].reset_index(drop=True) for at, name in enumerate(frame.columns)}
        return asks(_frame_of(columns))

    sound = next((places[[row]] for row in range(min(len(frame), TRIED)) if _answers(ask, places[[row]])), None)
    if sound is None:
        return None
    names = [str(name) for name in frame.columns]
    problems = refused_rows(ask, places, sound, names, SECONDS)
    if not problems:
        return None
    row, name = problems[0].row, problems[0].feature
    place = f"row {frame.index[row]}"
    return place if name is None else f"{place}, which has {_shown(frame[name].iloc[row])} for {name!r}"


def _answers(ask: Callable[[NDArray[Any]], object], row: NDArray[Any]) -> bool:
    try:
        ask(row)
    except Exception:  # noqa: BLE001 - whatever a model raises
        return False
    return True


def _frame_of(columns: "dict[Any, pd.Series[Any]]") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(columns)


def _shown(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)
