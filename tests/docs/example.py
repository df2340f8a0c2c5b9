"""The files of the example that the README and all of docs/ share: a pipeline fitted to a DataFrame, and its table.

    python -m tests.docs.example FOLDER

`churn.joblib` was fitted to three quarters of the rows; `churn.csv` holds the rest, with the column `churned`.
"""

import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS = 1_600
FITTED = 1_200
SEED = 7


def customers() -> pd.DataFrame:
    """Made-up customers of a telephone company, shape (1,600, 6): numbers with gaps, categories, and who left."""
    draw = np.random.default_rng(SEED)
    tenure = draw.integers(1, 73, ROWS)
    charges = draw.normal(65, 22, ROWS).clip(18, 120).round(2)
    contract = draw.choice(["month-to-month", "one year", "two years"], ROWS, p=[0.55, 0.25, 0.2])
    payment = draw.choice(["card", "transfer", "cheque"], ROWS)
    calls = draw.poisson(1.4, ROWS)
    leaning = 0.03 * (charges - 65) - 0.05 * (tenure - 24) + 0.6 * calls + 1.2 * (contract == "month-to-month") - 1.6
    churned = np.where(draw.random(ROWS) < 1 / (1 + np.exp(-leaning)), "yes", "no")
    charges[draw.random(ROWS) < 0.04] = np.nan
    return pd.DataFrame(
        {
            "tenure_months": tenure,
            "monthly_charges": charges,
            "support_calls": calls,
            "contract": contract,
            "payment": payment,
            "churned": churned,
        }
    )


def write_example(folder: Path) -> None:
    """Write `churn.csv` and `churn.joblib` into `folder`."""
    table = customers()
    numbers, categories = ["tenure_months", "monthly_charges", "support_calls"], ["contract", "payment"]
    prepared = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore"), categories),
        ]
    )
    forest = RandomForestClassifier(n_estimators=50, min_samples_leaf=5, random_state=SEED)
    model = Pipeline([("prepare", prepared), ("forest", forest)])
    model.fit(table.drop(columns="churned")[:FITTED], table["churned"][:FITTED])
    joblib.dump(model, folder / "churn.joblib")
    table[FITTED:].to_csv(folder / "churn.csv", index=False)


if __name__ == "__main__":
    write_example(Path(sys.argv[1]))
