"""A local file as chunks, by the form that the suffix of its name says."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from handler.records.signature import Feature
from training.data.table.source import PARQUET_SUFFIXES, CsvForm
from training.data.table.unreadable import as_invalid
from training.errors import InvalidTable
from training.scoring.chunk import Chunk
from training.scoring.reading.cells.values import CellForm
from training.scoring.reading.columns import chosen_columns, names_to_keep
from training.scoring.reading.csv_rows import csv_names, csv_parts
from training.scoring.reading.json_lines.chunks import lines_chunks, lines_names
from training.scoring.reading.parquet_rows import parquet_parts, parquet_schema, require_values
from training.scoring.reading.table_chunk import chunks_of

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
LINES_SUFFIXES = (".jsonl", ".ndjson")
SUFFIXES = (*CSV_SUFFIXES, *LINES_SUFFIXES, *PARQUET_SUFFIXES)


def suffix_of(name: str) -> str:
    """The suffix that says how a file is read; raises InvalidTable where none does."""
    suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), None)
    if suffix is None:
        raise InvalidTable(
            f"It is not known how {name} is written: a name ends in {', '.join(CSV_SUFFIXES)} (CSV), "
            f"{', '.join(LINES_SUFFIXES)} (JSON Lines) or {', '.join(PARQUET_SUFFIXES)} (Parquet)."
        )
    return suffix


def chunks_of_file(
    name: str, path: Path, form: CsvForm, features: tuple[Feature, ...], keep: tuple[str, ...], rows: int
) -> Generator[Chunk]:
    """The rows of the file at `path`, which the person calls `name`; raises InvalidTable."""
    suffix = suffix_of(name)
    with as_invalid(name, path, form.encoding, form.delimiter):
        if suffix in LINES_SUFFIXES:
            yield from lines_chunks(path, rows, _keep_of_lines(name, path, keep))
        elif suffix in PARQUET_SUFFIXES:
            schema = parquet_schema(path)
            columns = chosen_columns(name, schema.names, features, keep)
            require_values(name, schema, columns, features)
            yield from chunks_of(parquet_parts(path, columns.read), rows, columns, CellForm.of_parquet(form))
        else:
            form = _tabbed(form) if suffix == ".tsv" else form
            names = csv_names(name, path, form)
            columns = chosen_columns(name, names, features, keep)
            yield from chunks_of(csv_parts(path, form, names, columns.read), rows, columns, CellForm.of_csv(form))


def _keep_of_lines(name: str, path: Path, keep: tuple[str, ...]) -> tuple[str, ...]:
    names = lines_names(path) if keep else None
    return () if names is None else names_to_keep(name, names, keep)


def _tabbed(form: CsvForm) -> CsvForm:
    """A .tsv has tabs, unless another delimiter than the usual one was named."""
    return replace(form, delimiter="\t") if form.delimiter == CsvForm.delimiter else form
