"""What a table's cells are in a request: the numbers of a whole column, or its values as JSON has them.

What does not fit a feature stays the text that it is, so that the handler refuses it with its own words.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature
from training.data.table.source import MISSING, CsvForm
from training.data.text.cells import is_text, without_gaps
from training.data.text.numbers import PLAIN, NumberForm
from training.scoring.reading.cells.spellings import spellings

if TYPE_CHECKING:
    import pyarrow as pa

GAPS_OF_PANDAS = ("#NA", "#N/A N/A", "<NA>", "None", "-NaN", "-nan", "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN")
"""What `pandas.read_csv` takes for a gap beside MISSING (pandas' documentation, "pandas.read_csv", `na_values`): the
models that `package` brings were fitted to what it read."""


@dataclass(frozen=True)
class CellForm:
    """How cells are written: which texts are gaps, which of them are values but for numbers, and the numbers."""

    gaps: tuple[str, ...]
    gaps_of_numbers: tuple[str, ...] = ()
    numbers: NumberForm = PLAIN

    @classmethod
    def of_csv(cls, form: CsvForm) -> "CellForm":
        usual = tuple(text for text in (*MISSING, *GAPS_OF_PANDAS) if text not in form.not_missing)
        return cls((*usual, *map(str.strip, form.missing)), form.not_missing, form.numbers)

    @classmethod
    def of_parquet(cls, form: CsvForm) -> "CellForm":
        """A Parquet file marks its gaps, so its texts are gaps only where they were named."""
        return cls(tuple(map(str.strip, form.missing)), form.not_missing, form.numbers)


def plain(column: "pa.Array") -> "pa.Array":
    """The column without a dictionary, and text as pa.string()."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string()) if is_text(column.type) else column


def as_numbers(column: "pa.Array", form: CellForm) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The numbers of a `plain` column: NaN for a gap, and for what is no finite number, which the second array marks.

    Texts become the float that Python reads of them.
    """
    import pyarrow as pa
    from pyarrow import types

    if is_text(column.type):
        values, suspect, _ = _numbers_of_texts(column, form)
        return values, suspect
    present = column.is_valid()
    if types.is_decimal(column.type):  # its own cast may be a bit off
        column = column.cast(pa.string()).cast(pa.float64())
    if not (types.is_integer(column.type) or types.is_floating(column.type) or types.is_null(column.type)):
        return np.full(len(column), np.nan), _mask(present)
    values = _floats(column.cast(pa.float64(), safe=False))
    # NaN is how floats are missing in a file that pandas wrote.
    suspect = np.isinf(values)
    values[suspect] = np.nan
    return values, suspect


def as_json(column: "pa.Array", feature: Feature, form: CellForm) -> list[Any]:
    """The values of a `plain` column as a request would have them."""
    if feature.kind == "number":
        return _json_numbers(column, form)
    if feature.is_coded:
        return [_code(value) for value in _json_numbers(column, form)]
    if feature.kind == "boolean":
        return _json_booleans(column, form)
    return _json_texts(column, feature, form)


def _numbers_of_texts(column: "pa.Array", form: CellForm) -> "tuple[NDArray[np.float64], NDArray[np.bool_], pa.Array]":
    """The numbers, what is none, and the texts with null for gaps."""
    import pyarrow as pa
    from pyarrow import compute

    if form.numbers == PLAIN and not _may_hide(form, column):
        with suppress(pa.ArrowInvalid):
            values = _floats(column.cast(pa.float64()))
            # Arrow reads words such as inf too.
            if np.count_nonzero(~np.isfinite(values)) == column.null_count:
                return values, np.zeros(len(column), dtype=np.bool_), column
    text = _texts_of_numbers(column, form)
    fitting = compute.match_substring_regex(text, form.numbers.any_size)
    values = _floats(form.numbers.plain(compute.if_else(fitting, text, None)).cast(pa.float64()))
    finite = np.isfinite(values)
    values[~finite] = np.nan
    return values, _mask(text.is_valid()) & ~finite, text


def _may_hide(form: CellForm, column: "pa.Array") -> bool:
    """Whether a text that reads as a number may be a gap, as -999 is for some."""
    import pyarrow as pa
    from pyarrow import compute

    named = [text for text in form.gaps if text[-1:].isdigit() or text[-1:] == "."]
    return bool(named) and bool(compute.any(compute.is_in(column, pa.array(named, pa.string()))).as_py())


def _texts_of_numbers(column: "pa.Array", form: CellForm) -> "pa.Array":
    import pyarrow as pa
    from pyarrow import compute

    gaps = pa.array([*form.gaps, *form.gaps_of_numbers], pa.string())
    return without_gaps(compute.utf8_trim_whitespace(column), gaps)


def _json_numbers(column: "pa.Array", form: CellForm) -> list[Any]:
    """Whole numbers as such where the column holds nothing else, as pandas has them."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_integer(column.type) or types.is_boolean(column.type):
        whole: list[Any] = column.to_pylist()
        return whole
    if is_text(column.type):
        values, suspect, text = _numbers_of_texts(column, form)
        if not suspect.any() and (numbers := _whole_numbers(text, values)) is not None:
            return numbers
    else:
        values, suspect = as_numbers(column, form)
        text = column.cast(pa.string()) if suspect.any() else column
    found: list[Any] = values.tolist()
    for place in np.flatnonzero(np.isnan(values)).tolist():
        found[place] = text[place].as_py() if suspect[place] else None
    return found


def _whole_numbers(text: "pa.Array", values: NDArray[np.float64]) -> list[Any] | None:
    """Integers, where all of the texts are such; None also where one is -0, which no integer is."""
    import pyarrow as pa

    present = values[~np.isnan(values)]
    if (present != np.floor(present)).any() or (np.signbit(present) & (present == 0)).any():
        return None
    try:
        whole: list[Any] = text.cast(pa.int64()).to_pylist()
    except pa.ArrowInvalid:
        return None
    return whole


def _code(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() else value


def _json_booleans(column: "pa.Array", form: CellForm) -> list[Any]:
    from pyarrow import types

    if not is_text(column.type):
        return column.to_pylist() if types.is_boolean(column.type) else _json_numbers(column, form)
    known = {"true": True, "false": False}
    encoded = _texts_of_numbers(column, form).dictionary_encode()
    values = [known.get(text.lower(), text) for text in encoded.dictionary.to_pylist()]
    return _taken(values, encoded)


def _json_texts(column: "pa.Array", feature: Feature, form: CellForm) -> list[Any]:
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_floating(column.type):
        column = compute.if_else(compute.is_nan(column), pa.scalar(None, column.type), column)
    # What has a type is spelled by Arrow, and not by the person who wrote the file.
    numbers = form.numbers if is_text(column.type) else PLAIN
    encoded = column.cast(pa.string()).dictionary_encode()
    return _taken(spellings(encoded.dictionary.to_pylist(), feature, frozenset(form.gaps), numbers), encoded)


def _taken(values: Sequence[Any], encoded: "pa.DictionaryArray") -> list[Any]:
    values = [*values, None]
    return [values[place] for place in encoded.indices.fill_null(len(values) - 1).to_pylist()]


def _floats(column: "pa.Array") -> NDArray[np.float64]:
    return np.array(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _mask(column: "pa.Array") -> NDArray[np.bool_]:
    return np.array(column.to_numpy(zero_copy_only=False), dtype=np.bool_)
