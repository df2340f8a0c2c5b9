"""Tables for the tests: one with all kinds and gaps, written as CSV or Parquet."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

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
