"""Makes the models of XGBoost and LightGBM: `python -m tests.bring.foreign.recipes.boosted_models`.

Made with Python 3.13, xgboost-cpu 3.4.1, lightgbm 4.7.0, onnxmltools 1.16.0, skl2onnx 1.20.0 and onnx 1.23.2, in an
environment of its own, which CI does not have.
"""

import lightgbm
import numpy as np
import xgboost
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from tests.bring.foreign.recipes.kept import drawn, keep

TOOLS = ("onnxmltools", "skl2onnx", "onnx", "numpy", "scikit-learn")


def of_rows(columns: int) -> list[tuple[str, FloatTensorType]]:
    return [("rows", FloatTensorType([None, columns]))]


def with_gaps() -> None:
    """XGBoost, two classes, rows with gaps."""
    rows = drawn(400, 4)
    true = (rows[:, 0] + rows[:, 1] > 10).astype(int)
    rows[np.random.default_rng(5).random(rows.shape) < 0.15] = np.nan
    model = xgboost.XGBClassifier(n_estimators=12, max_depth=3, random_state=7).fit(rows, true)
    exported = convert_xgboost(model, initial_types=of_rows(4), target_opset=15)
    asked = rows[:40]
    keep(
        "xgboost_gaps",
        exported,
        asked.tolist(),
        {
            "probabilities": model.predict_proba(asked).tolist(),
            "prediction": [("no", "yes")[place] for place in model.predict(asked)],
        },
        options=["--features", "a,b,c,d", "--classes", "no,yes"],
        versions=("xgboost-cpu", *TOOLS),
    )


def of_a_number() -> None:
    """XGBoost, a regression."""
    rows = drawn(400, 3)
    model = xgboost.XGBRegressor(n_estimators=12, max_depth=3, random_state=7).fit(rows, rows @ [3.0, -1.0, 0.5])
    exported = convert_xgboost(model, initial_types=of_rows(3), target_opset=15)
    keep(
        "xgboost_number",
        exported,
        rows[:40].tolist(),
        {"prediction": model.predict(rows[:40]).tolist()},
        options=["--features", "a,b,c"],
        versions=("xgboost-cpu", *TOOLS),
    )


def with_categories() -> None:
    """LightGBM, three classes with names, a column of codes, and probabilities as maps."""
    rows = drawn(400, 3)
    rows[:, 2] = np.random.default_rng(9).integers(0, 4, 400)
    names = np.array(["adult", "child", "senior"])
    true = names[(rows[:, 0] > 5).astype(int) + ((rows[:, 2] % 2 == 1) & (rows[:, 1] > 3))]
    model = lightgbm.LGBMClassifier(n_estimators=6, num_leaves=6, min_child_samples=5, random_state=7, verbose=-1)
    model.fit(rows, true, categorical_feature=[2])
    exported = convert_lightgbm(model, initial_types=of_rows(3), target_opset=15, zipmap=True)
    asked = rows[:40]
    keep(
        "lightgbm_codes",
        exported,
        [[*map(float, row[:2]), int(row[2])] for row in asked],
        {
            "probabilities": model.predict_proba(asked).tolist(),
            "prediction": model.predict(asked).tolist(),
        },
        options=["--target", "group"],
        features=[
            {"name": "height", "kind": "number"},
            {"name": "income", "kind": "number"},
            {"name": "region", "kind": "category", "categories": [0, 1, 2, 3]},
        ],
        versions=("lightgbm", *TOOLS),
    )


if __name__ == "__main__":
    with_gaps()
    of_a_number()
    with_categories()
