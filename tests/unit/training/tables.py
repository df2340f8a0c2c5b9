"""Tables for the tests: one with all kinds and gaps, or one of given columns; and how they are read."""

import csv
import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.cli.main import main
from training.cli.train import model_spec, train
from training.data.columns.kinds import TableChoices
from training.data.columns.notes import Finding
from training.data.columns.reading import read_table
from training.data.dataset import Dataset
from training.data.table.source import CsvForm
from training.fit.description import ModelSpec
from training.fit.fitting import load_data

NAMES = ("age", "income", "plan", "region", "autopay", "tickets", "churned")


def churn_rows(count: int = 240, seed: int = 0) -> list[list[Any]]:
    """Rows of NAMES: numbers and categories with gaps, non-ASCII names, a boolean, and a target that they explain."""
    draw = np.random.default_rng(seed)
    rows: list[list[Any]] = []
    for _ in range(count):
        age, tickets = int(draw.integers(18, 90)), int(draw.poisson(2))
        plan, region = str(draw.choice(["basic", "plus", "pro"])), str(draw.choice(["north", "süd", "west, far"]))
        autopay = bool(draw.random() < 0.5)
        likely = -1 + 0.5 * tickets - 0.02 * (age - 50) + 1.2 * (plan == "basic") - autopay
        churned = "yes" if draw.random() < 1 / (1 + np.exp(-likely)) else "no"
        income = round(float(draw.normal(40_000, 9_000)), 2)
        rows.append(
            [
                None if draw.random() < 0.1 else age,
                income,
                None if draw.random() < 0.1 else plan,
                region,
                "yes" if autopay else "no",
                tickets,
                churned,
            ]
        )
    return rows


def write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(["" if value is None else value for value in row] for row in rows)
    return path


def churn_csv(folder: Path, count: int = 240) -> Path:
    return write_csv(folder / "churn.csv", NAMES, churn_rows(count))


def table(folder: Path, names: Sequence[str], *columns: Sequence[Any]) -> Path:
    """A CSV of these columns."""
    return write_csv(folder / "table.csv", names, zip(*columns, strict=True))


def read(path: Path, choices: TableChoices, form: CsvForm | None = None) -> tuple[Dataset, tuple[Finding, ...]]:
    """What `train` makes of the file, and what it says."""
    return read_table(str(path), form or CsvForm(), choices, seed=0)


def said_of(said: Iterable[Finding], column: str | None) -> str:
    """All that was said of one column, or of the table as a whole."""
    return "; ".join(item.what for item in said if item.column == column)


def spec_of(path: Path, target: str, *options: str) -> ModelSpec:
    """The model that `train` is asked for by these options."""
    arguments = ["--out", "unused", "--table", str(path), "--target", target, *options]
    # A command keeps the names of its help from the first context that it is given.
    context = train.make_context("train", arguments, **main.context_settings)
    return model_spec(context.params.pop("model"), context.params)


def taken(path: Path, target: str, *options: str) -> tuple[Dataset, tuple[Finding, ...]]:
    """What `train` with these options makes of the file, and what it says."""
    return load_data(spec_of(path, target, *options), 0)


def hints(message: str) -> list[list[str]]:
    """The options that a message offers, as a shell would pass them; options side by side belong together."""
    option = r"""--[a-z-]+ (?:'[^']*'|"[^"]*"|\w+)"""
    return [shlex.split(hint) for hint in re.findall(rf"{option}(?: {option})*", message)]
