"""Reads a table as pandas reads it, into the DataFrame that the model is asked with.

The model was fitted to what pandas made of a file, so the types, the gaps and the texts must be pandas' own; how
`train` reads a table is another matter. Runs in the isolated process: pandas is imported there alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.errors import UnpackableArtifact, listed

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TableForm:
    """A table in a local file, and how it is written.

    `name` is what the person calls it, `dataset` its base name, `sha256` the digest of the file; `is_pickled` says that
    it is a frame that this very program wrote, which keeps what a Parquet file does not; `sample` is how many of its
    rows are taken, None: all; `allow_unknown` says whether the API takes categories that neither model nor table has.
    """

    path: str
    name: str
    dataset: str
    sha256: str
    is_parquet: bool
    delimiter: str = ","
    decimal: str = "."
    thousands: str | None = None
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ()
    not_missing: tuple[str, ...] = ()
    sample: int | None = None
    allow_unknown: bool = False
    is_pickled: bool = False


MOST_ROWS = 100_000
"""So many rows of the table are asked, drawn evenly where it has more."""

PARQUET_ADVICE = (
    "write the very frame that the model was fitted to, with frame.to_parquet('table.parquet'), and give that: a CSV "
    "keeps no types"
)
"""What to do where the types of the notebook's frame are lost."""


def read_table(form: TableForm) -> "pd.DataFrame":
    """The whole table; raises UnpackableArtifact where it cannot be read, or has no rows, or columns that cannot be
    told apart."""
    try:
        frame = _read(form)
    except UnicodeError as error:
        raise UnpackableArtifact(
            f"{form.name} is not {form.encoding}: say which encoding it has, as in --encoding latin-1."
        ) from error
    except LookupError as error:
        raise UnpackableArtifact(
            f"There is no encoding {form.encoding!r}: --encoding takes Python's names, such as latin-1 or utf-16."
        ) from error
    except Exception as error:
        kind = "a Parquet file" if form.is_parquet else f"a CSV with {form.delimiter!r} between its values"
        raise UnpackableArtifact(
            f"{form.name} cannot be read as {kind}: look at --delimiter and --encoding."
        ) from error
    if frame.columns.nlevels > 1:
        raise UnpackableArtifact(f"{form.name} has columns of several levels: give each one name, and fit to that.")
    if len(frame) == 0:
        raise UnpackableArtifact(f"{form.name} has no rows.")
    if form.sample is not None:
        frame = frame.iloc[drawn(len(frame), form.sample)]
    frame = frame.reset_index(drop=True)
    frame.columns = [name if isinstance(name, str) else str(name) for name in frame.columns]
    return frame


def _read(form: TableForm) -> "pd.DataFrame":
    import pandas as pd

    if form.is_pickled:
        return pd.read_pickle(form.path)  # noqa: S301 - written by `publish_model` a moment ago
    return pd.read_parquet(form.path) if form.is_parquet else pd.read_csv(form.path, **_csv_options(form))


def columns_of_model(
    frame: "pd.DataFrame", form: TableForm, own: Sequence[str], needed: Sequence[int], targets: Sequence[str]
) -> "tuple[pd.DataFrame, list[str]]":
    """The columns that the model takes, in its order, and the names of those that it does not.

    `own` are the model's names, and it has a use for those of the places `needed`, so the others may be absent. A model
    that knows no names takes all columns but the targets. Raises UnpackableArtifact.
    """
    names = [str(name) for name in frame.columns]
    wanted = [name for name in own if name in names] or [name for name in names if name not in targets]
    lacking = [own[place] for place in needed if own[place] not in names] if own else []
    if lacking:
        raise UnpackableArtifact(
            f"{form.name} has no column {listed(list(map(repr, lacking)))}, which the model was fitted to; it has "
            f"{listed(list(map(repr, names)))}. Names must be the same to the letter; what was made of other columns "
            f"before fitting must be in the table: {PARQUET_ADVICE}."
        )
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise UnpackableArtifact(f"{form.name} has two columns named {twice[0]!r}: rename one, and fit again.")
    if not own and needed and len(needed) != len(wanted):
        raise UnpackableArtifact(
            f"The model takes {len(needed)} columns and does not know their names; {form.name} has {len(wanted)} "
            f"beside the target: {listed(wanted)}. Give a table of those columns alone, in the order of its "
            "fit."
        )
    kept = frame[wanted]
    dates = [name for name in wanted if kept[name].dtype.kind in "mM"]
    if dates:
        raise UnpackableArtifact(
            f"{dates[0]!r} holds dates or times, which JSON does not have: make numbers of them before fitting, such "
            f"as frame[{dates[0]!r}].dt.year."
        )
    if any(str(kind).startswith("Sparse") for kind in kept.dtypes):
        raise UnpackableArtifact("The table has sparse columns: fit to frame.sparse.to_dense(), and write that.")
    return kept, [name for name in names if name not in wanted and name not in targets]


def drawn(count: int, most: int = MOST_ROWS) -> list[int]:
    """The places of the rows that are asked, of `count`: all, or `most` drawn evenly."""
    if count <= most:
        return list(range(count))
    return [int(place) for place in np.linspace(0, count - 1, most).round().astype(int)]


def _csv_options(form: TableForm) -> dict[str, Any]:
    options: dict[str, Any] = {
        "sep": "\t" if form.delimiter == "tab" else form.delimiter,
        "encoding": form.encoding,
        "decimal": form.decimal,
    }
    if form.thousands is not None:
        options["thousands"] = form.thousands
    if form.missing:
        options["na_values"] = list(form.missing)
    if form.not_missing:
        from pandas._libs.parsers import STR_NA_VALUES

        kept = [text for text in STR_NA_VALUES if text not in form.not_missing]
        options.update(keep_default_na=False, na_values=[*kept, *form.missing])
    return options
