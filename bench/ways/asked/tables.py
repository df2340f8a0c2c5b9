"""The rows of a question as a file to score, and what `score` wrote as what is said of each row."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from bench.ways.asked.question import Question, Said
from bench.ways.asked.way import flat

KEY = "id"


def write_csv(question: Question, path: Path) -> None:
    """A gap is an empty field, and a boolean `true` or `false`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([KEY, *question.features])
        for place, row in enumerate(question.rows):
            writer.writerow([place, *("" if value is None else _csv(value) for value in row)])


def write_lines(question: Question, path: Path) -> None:
    """An object with the names of the features in each line."""
    with path.open("w", encoding="utf-8") as file:
        for place, row in enumerate(question.rows):
            file.write(json.dumps({KEY: place, **dict(zip(question.features, row, strict=True))}) + "\n")


def write_parquet(question: Question, path: Path) -> None:
    """Each column has the type of its values."""
    columns: dict[str, Any] = {KEY: list(range(len(question.rows)))}
    columns |= {name: [row[at] for row in question.rows] for at, name in enumerate(question.features)}
    pyarrow.parquet.write_table(pa.table(columns), path)


def flattened(question: Question) -> Question:
    """The same question, whose answers are as CSV and Parquet have them."""
    said = [{"answer": flat(each["answer"])} if "answer" in each else each for each in question.said]
    return replace(question, said=tuple(said))


def typed_of_lines(question: Question) -> Mapping[str, type]:
    """The types of the fields of an answer, by which those of a CSV are read."""
    answer = next(each["answer"] for each in question.said if "answer" in each)
    return {name: type(value) for name, value in flat(answer).items()}


def read_parts(out: Path, question: Question) -> list[tuple[int, Said]]:
    """What all parts below `out` say, answered or refused, of the rows by their key."""
    types = typed_of_lines(question)
    found = [(path, kind) for kind, at in (("answer", out), ("refusal", out / "refused")) for path in _files(at)]
    return [each for path, kind in found for each in _read(path, kind, types)]


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in files if path.suffix in (".csv", ".jsonl", ".parquet")]


def _read(path: Path, kind: str, types: Mapping[str, type]) -> Iterator[tuple[int, Said]]:
    if path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            yield int(document["keep"][KEY]), {kind: document[kind]}
        return
    for row in _rows(path):
        place = int(row.pop(KEY))
        del row["row"]
        if kind == "refusal":
            details = row["details"]
            row |= {"status": int(row["status"]), "details": json.loads(details) if _is_csv(path) else details}
        elif _is_csv(path):
            row = {name: types[name](value) for name, value in row.items()}
        yield place, {kind: row}


def _rows(path: Path) -> list[dict[str, Any]]:
    if not _is_csv(path):
        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
        return rows
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _is_csv(path: Path) -> bool:
    return path.suffix == ".csv"


def _csv(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool) else repr(value) if isinstance(value, float) else value
