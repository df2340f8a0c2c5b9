"""A local file as chunks, by the form that the suffix of its name says."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from handler.records.signature import Feature
from training.data.table.local_file import LocalFile
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

GZIPPED = ".gz"
CSV_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
LINES_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
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
) -> Iterator[Chunk]:
    """The rows of the file at `path`, which the person calls `name`; raises InvalidTable."""
    with as_invalid(name, path, form.encoding, form.delimiter):
        yield from _chunks(name, path, form, features, keep)(rows)


def require_columns(name: str, path: Path, form: CsvForm, features: tuple[Feature, ...], keep: tuple[str, ...]) -> None:
    """Raise InvalidTable where the file lacks a column, or one that is a feature has another type."""
    with as_invalid(name, path, form.encoding, form.delimiter):
        _chunks(name, path, form, features, keep)


def _chunks(
    name: str, path: Path, form: CsvForm, features: tuple[Feature, ...], keep: tuple[str, ...]
) -> Callable[[int], Iterator[Chunk]]:
    """What gives so many rows at a time, once the columns are known to be there."""
    suffix = suffix_of(name)
    file = LocalFile(name, path, suffix.endswith(GZIPPED))
    if suffix in LINES_SUFFIXES:
        names = lines_names(file) if keep else None
        kept = () if names is None else names_to_keep(name, names, keep)
        return lambda rows: lines_chunks(file, rows, kept)
    if suffix in PARQUET_SUFFIXES:
        schema = parquet_schema(path)
        columns = chosen_columns(name, schema.names, features, keep)
        require_values(name, schema, columns, features)
        return lambda rows: chunks_of(parquet_parts(path, columns.read), rows, columns, CellForm.of_parquet(form))
    if suffix.startswith(".tsv") and form.delimiter == CsvForm.delimiter:
        form = replace(form, delimiter="\t")
    names = csv_names(file, form)
    columns = chosen_columns(name, names, features, keep)
    return lambda rows: chunks_of(csv_parts(file, form, names, columns.read), rows, columns, CellForm.of_csv(form))
