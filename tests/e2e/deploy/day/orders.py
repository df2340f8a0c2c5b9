"""Orders of a made-up shop, and whether each came late: what the models of the day are trained on and asked for."""

from typing import Any

import numpy as np
import pandas as pd

TARGET = "late"


def orders(rows: int, seed: int, *, sale: bool = False) -> pd.DataFrame:
    """A table of shape (rows, 6). In a sale, orders are larger and go elsewhere, and other ones come late."""
    draw = np.random.default_rng(seed)
    amount = draw.lognormal(4.0 if sale else 3.5, 0.6, rows).round(2)
    distance = draw.gamma(2.0, 30.0, rows).round(1)
    items = 1 + draw.poisson(3.5 if sale else 2.0, rows)
    hour = draw.normal(14, 4, rows).clip(0, 23.9).round(1)
    country = draw.choice(["DE", "FR", "PL"], rows, p=[0.3, 0.3, 0.4] if sale else [0.6, 0.3, 0.1])
    far, many = (distance - 60) / 40, items - items.mean()
    leaning = 0.8 * many - 0.4 * far if sale else 0.8 * far - 0.3 * many - 1.0 * (country == "PL")
    late = np.where(draw.random(rows) < 1 / (1 + np.exp(-leaning)), "yes", "no")
    return pd.DataFrame(
        {"amount": amount, "distance": distance, "items": items, "hour": hour, "country": country, TARGET: late}
    )


def asked(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of `table` as a client sends them."""
    return [{str(name): value for name, value in row.items()} for row in table.drop(columns=TARGET).to_dict("records")]


DRIFTING = {"amount", "items", "country"}
"""What a sale changes. `distance` and `hour` stay as they are."""
