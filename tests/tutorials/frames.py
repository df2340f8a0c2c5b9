"""The tables of the tutorials: drawn by a seed, with the names, gaps, codes and texts that such tables have."""

from typing import Any

import numpy as np
import pandas as pd

ROWS = 400


def titanic() -> pd.DataFrame:
    """Passengers: texts, codes (`pclass`), a boolean, gaps, and columns of which no pipeline makes anything."""
    draw = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "passenger id": np.arange(1, ROWS + 1),
            "name": [f"Passenger, No. {number}" for number in range(ROWS)],
            "cabin": draw.choice(["C85", "E46", "G6"], ROWS),
            "pclass": draw.choice([1, 2, 3], ROWS, p=[0.25, 0.2, 0.55]),
            "sex": draw.choice(["female", "male"], ROWS),
            "age": np.round(draw.gamma(6, 5, ROWS), 1),
            "sibsp": draw.poisson(0.5, ROWS),
            "fare": np.round(draw.lognormal(3, 0.8, ROWS), 2),
            "embarked": draw.choice(["C", "Q", "S"], ROWS, p=[0.2, 0.1, 0.7]),
            "alone": draw.random(ROWS) < 0.6,
        }
    )
    odds = 1.5 * (frame["sex"] == "female") - 0.8 * (frame["pclass"] - 2) - 0.02 * frame["age"]
    frame["survived"] = (draw.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(int)
    return _with_gaps(frame, draw, age=0.2, embarked=0.05, fare=0.02, cabin=0.8)


def churn() -> pd.DataFrame:
    """Customers of a telephone company."""
    draw = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "Contract": draw.choice(["Month-to-month", "One year", "Two year"], ROWS, p=[0.6, 0.2, 0.2]),
            "Payment Method": draw.choice(["Bank transfer", "Credit card", "Electronic check"], ROWS),
            "Senior": draw.random(ROWS) < 0.2,
            "tenure": draw.integers(0, 72, ROWS),
            "MonthlyCharges": np.round(draw.uniform(20, 120, ROWS), 2),
        }
    )
    odds = (
        1.2 * (frame["Contract"] == "Month-to-month") + 0.02 * (frame["MonthlyCharges"] - 70) - 0.03 * frame["tenure"]
    )
    frame["Churn"] = np.where(draw.random(ROWS) < 1 / (1 + np.exp(-odds)), "Yes", "No")
    return _with_gaps(frame, draw, **{"Payment Method": 0.04})


def houses() -> pd.DataFrame:
    """Houses with their prices."""
    draw = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "area": np.round(draw.lognormal(4.8, 0.4, ROWS), 1),
            "rooms": draw.integers(1, 9, ROWS),
            "year built": draw.integers(1900, 2024, ROWS).astype(float),
            "district": draw.choice(["north", "south", "east", "west", "centre"], ROWS),
            "garage": draw.choice(["attached", "detached"], ROWS),
        }
    )
    frame["price"] = np.round(
        2000 * frame["area"] * (1 + 0.3 * (frame["district"] == "centre")) * draw.lognormal(0, 0.1, ROWS), -2
    )
    return _with_gaps(frame, draw, garage=0.3, **{"year built": 0.1})


def reviews() -> pd.DataFrame:
    """What people wrote of a product, with stars and how long they had it."""
    draw = np.random.default_rng(3)
    good = np.array(["love", "great", "sturdy", "fast", "happy", "élégant"])
    bad = np.array(["broken", "slow", "refund", "cheap", "noise", "late"])
    plain = np.array(["the", "box", "came", "with", "a", "manual", "and", "cable"])
    likes = draw.random(ROWS) < 0.5
    texts = [
        " ".join(draw.permutation([*draw.choice(good if like else bad, 3), *draw.choice(plain, 5)])) for like in likes
    ]
    frame = pd.DataFrame(
        {
            "review": texts,
            "months": np.round(draw.exponential(6, ROWS), 1),
            "verified": draw.random(ROWS) < 0.8,
            "recommends": np.where(likes ^ (draw.random(ROWS) < 0.1), "yes", "no"),
        }
    )
    return _with_gaps(frame, draw, months=0.1)


def sensors() -> pd.DataFrame:
    """Readings in single precision, as they come out of Parquet."""
    draw = np.random.default_rng(4)
    level = draw.normal(size=ROWS)
    frame = pd.DataFrame(
        {
            "temperature": (20 + 3 * level + draw.normal(size=ROWS)).astype(np.float32),
            "pressure": (1013 + 8 * draw.normal(size=ROWS)).astype(np.float32),
            "vibration": draw.gamma(2, 1 + np.abs(level)).astype(np.float32),
            "line": draw.choice(["A", "B"], ROWS),
        }
    )
    frame["output"] = 5 * level + draw.normal(size=ROWS)
    return _with_gaps(frame, draw, temperature=0.1, vibration=0.1)


def _with_gaps(frame: pd.DataFrame, draw: np.random.Generator, **shares: Any) -> pd.DataFrame:
    for name, share in shares.items():
        frame.loc[draw.random(len(frame)) < share, name] = np.nan
    return frame
