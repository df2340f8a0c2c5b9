"""Fits models of LightGBM and XGBoost, publishes them, and prints what each answers: run in the copy of the project.

Each library's classifier and regressor stand alone and inside a pipeline with a ColumnTransformer. One of them goes the
way of `train` and one that of `package`, with the proofs of `publish`; the others are written by hand.
"""

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from xgboost import Booster, XGBClassifier, XGBRegressor

from handler.engines.fitted_parts import fitted_parts, serve_alone
from handler.engines.versions import versions_in_use
from handler.records.signature import Feature
from handler.rows.dtype import typed_rows
from tests.models.ten_models import run
from tests.unit.handler.models import version_with
from training.notebook.publishing import publish_model

ESTIMATORS = (LGBMClassifier, LGBMRegressor, XGBClassifier, XGBRegressor)
ROWS = 200
PLANS = ("basic", "free", "pro")
SETTINGS = {"n_estimators": 8, "max_depth": 3, "n_jobs": 2, "verbosity": 3}
"""Two threads and every message: neither may reach the function."""
TRAINED = "XGBClassifier"
PACKAGED = "LGBMClassifier in a pipeline"
IRIS = "name = 'iris'\n[data]\nsource = 'sklearn.datasets.load_iris'\ntarget = 'y'\n"
FEATURES = (
    Feature("age", "number"),
    Feature("plan", "category", categories=PLANS),
    Feature("spent", "number", nullable=True),
)


def table() -> pd.DataFrame:
    chance = np.random.default_rng(0)
    spent = np.where(chance.random(ROWS) < 0.1, np.nan, chance.gamma(2, 50, ROWS))
    return pd.DataFrame(
        {"age": chance.integers(18, 90, ROWS).astype(float), "plan": chance.choice(PLANS, ROWS), "spent": spent}
    )


def wrapped(estimator: Any, plan: Any) -> Any:
    return make_pipeline(make_column_transformer((OneHotEncoder(), [plan]), remainder="passthrough"), estimator)


def write_all(registries: Path) -> dict[str, dict[str, Any]]:
    """Write each model's registry; give its rows, the estimator's own answers to them, and what it was made under."""
    frame = table()
    rows = [[age, plan, None if np.isnan(spent) else spent] for age, plan, spent in frame.itertuples(index=False)]
    truth = {
        True: ((frame["age"] > 50) ^ (frame["plan"] == "pro")).astype(int).to_numpy(),
        False: frame["age"].to_numpy() * 2,
    }
    told = {}
    for made in ESTIMATORS:
        classes = ("stays", "leaves") if made.__name__.endswith("Classifier") else ()
        for name, features in (
            (made.__name__, (FEATURES[0], FEATURES[2])),
            (f"{made.__name__} in a pipeline", FEATURES),
        ):
            registry, y = registries / name.replace(" ", "-"), truth[bool(classes)]
            asked = rows[:20] if len(features) == 3 else [[row[0], row[2]] for row in rows[:20]]
            if name == TRAINED:
                asked = [[5.1, 3.5, 1.4, 0.2], [6.3, 2.8, 5.1, 1.5]]
                train(made, registry)
            elif name == PACKAGED:
                model = wrapped(made(**SETTINGS), "plan").fit(frame, y)
                publish_model(model, frame, y, uri=str(registry), classes=list(classes), promote=True)
            else:
                fitted_rows = typed_rows(rows if len(features) == 3 else [[row[0], row[2]] for row in rows], features)
                model = wrapped(made(**SETTINGS), 1) if len(features) == 3 else made(**SETTINGS)
                version_with(model.fit(fitted_rows, y), asked[0], classes=classes, features=features).write(registry)
            told[name] = {"registry": str(registry), "rows": asked, **answers(registry, asked)}
    return told


def train(made: type[Any], registry: Path) -> None:
    described = registry.with_suffix(".toml")
    parameters = ", ".join(f"{name} = {value}" for name, value in SETTINGS.items())
    called = f"{made.__module__.partition('.')[0]}.{made.__name__}"
    described.write_text(f"{IRIS}[estimator]\nclass = '{called}'\nparameters = {{ {parameters} }}\n")
    run("train", described, "--out", registry.with_suffix(".folder"))
    run("publish", registry.with_suffix(".folder"), "--model-uri", registry, "--promote")


def answers(registry: Path, rows: list[list[Any]]) -> dict[str, Any]:
    (file,) = registry.glob("versions/*/model.joblib")
    model, manifest = joblib.load(file), json.loads((file.parent / "manifest.json").read_text())
    asked = typed_rows(rows, [Feature(one["name"], one["kind"]) for one in manifest["features"]])
    predict = getattr(model, "predict_proba", model.predict)
    told = {"answers": predict(asked).tolist(), "runtime": manifest["runtime"]}
    serve_alone(model)
    boosters = [part for part in fitted_parts(model) if isinstance(part, Booster)]
    threads = [json.loads(one.save_config())["learner"]["generic_param"]["nthread"] for one in boosters]
    return told | {"threads_of_boosters": threads}


if __name__ == "__main__":
    assert {"lightgbm", "xgboost-cpu"} < versions_in_use().keys()
    with redirect_stdout(io.StringIO()):
        said = write_all(Path(sys.argv[1]))
    print(json.dumps(said))
