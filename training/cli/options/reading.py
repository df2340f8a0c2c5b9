"""How a table is read, as the options say it of a table that is written so."""

from collections.abc import Mapping
from typing import Any

import click

from training.data.table.source import MISSING, CsvForm
from training.data.text.delimiter import delimiter_of, is_delimiter
from training.data.text.numbers import NumberForm, is_mark


def form_of(given: Mapping[str, Any]) -> CsvForm:
    """How a table is written, by what was `given` for these options; raises click.UsageError where that cannot be."""
    missing, not_missing, thousands = given["missing"], given["not_missing"], given["thousands"]
    numbers = NumberForm(given["decimal"] or ".", thousands)
    delimiter = delimiter_of(given["delimiter"] or CsvForm.delimiter)
    rules = {
        f"--delimiter must be one character, as in ';', or tab; it is {delimiter!r}": is_delimiter(delimiter),
        "--decimal must be one mark, such as ','": is_mark(numbers.decimal) and not numbers.decimal.isspace(),
        "--thousands must be one mark, such as ',' or ' '": thousands is None or is_mark(thousands),
        "--decimal and --thousands must differ": numbers.decimal != thousands,
        f"--not-missing keeps what is a gap otherwise, one of {', '.join(MISSING[1:])}": {*not_missing}
        <= {*MISSING[1:]},
        "--missing and --not-missing must not name the same text": not {*missing} & {*not_missing},
    }
    for rule, holds in rules.items():
        if not holds:
            raise click.UsageError(f"{rule}.")
    return CsvForm(delimiter, given["encoding"] or CsvForm.encoding, missing, numbers, not_missing)
