"""The process of `training.package`: loads a file made elsewhere with what Lambda has, and says what it is.

Run by path, never imported: `python -I foreign_process.py PATH_ENTRY MODEL COPY < row.json > facts.json`. It writes the
estimator again, uncompressed, to COPY. Ends with 0, or with 1 and the reason as the last line of standard error.
"""

import json
import sys
import warnings
from collections.abc import Iterator
from typing import Any


def main(path_entry: str, model: str, copy: str) -> None:
    answers, sys.stdout = sys.stdout, sys.stderr
    sys.path.insert(0, path_entry)
    import joblib
    import numpy as np
    from sklearn.base import is_classifier, is_regressor

    from handler.fitted_parts import fitted_parts

    row = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    try:
        estimator = joblib.load(model)
    except Exception as error:  # noqa: BLE001 - whatever a foreign file raises is its user's to know
        sys.exit(f"it does not load: {type(error).__name__}: {error}".replace("\n", " "))
    facts: dict[str, Any] = {
        "task": "classification" if is_classifier(estimator) else "regression" if is_regressor(estimator) else None,
        "class": [type(estimator).__module__, type(estimator).__qualname__],
        "features": getattr(estimator, "n_features_in_", None),
        "names": [str(name) for name in getattr(estimator, "feature_names_in_", [])],
        "classes": np.asarray(getattr(estimator, "classes_", [])).tolist(),
        "by_name": [],
        "categories": {},
    }
    if hasattr(estimator, "get_params"):
        facts["parameters"] = {
            name: value
            if value is None or isinstance(value, (bool, int, float, str))
            else " ".join(repr(value).split())
            for name, value in estimator.get_params(deep=False).items()
        }
    for columns in column_transformers(estimator):
        for name, step, chosen in columns.transformers_:
            given = [chosen] if isinstance(chosen, str) else list(chosen) if isinstance(chosen, (list, tuple)) else []
            if given and all(isinstance(column, str) for column in given):
                facts["by_name"].append([name, type(step).__name__, given])
            for encoder in getattr(step, "steps", [("", step)]):
                if hasattr(encoder[1], "categories_") and all(type(column) is int for column in given):
                    for column, values in zip(given, encoder[1].categories_, strict=False):
                        facts["categories"][str(column)] = [
                            value for value in values.tolist() if isinstance(value, str)
                        ]
    if facts["task"] is not None and not facts["by_name"]:
        kind = object if any(isinstance(value, str) for value in row) else np.float64
        try:
            rows = np.array([row], dtype=kind)
            facts["prediction"] = np.asarray(estimator.predict(rows)).ravel().tolist()[0]
            if hasattr(estimator, "predict_proba"):
                facts["probabilities"] = estimator.predict_proba(rows).tolist()[0]
        except Exception as error:  # noqa: BLE001 - as above
            sys.exit(f"it cannot answer the example: {type(error).__name__}: {error}".replace("\n", " "))
    for part in fitted_parts(estimator):
        # The folder where a pipeline cached its fits: of no use to predictions, and a path of the machine that trained.
        if getattr(part, "memory", None) is not None:
            part.memory = None
    joblib.dump(estimator, copy)
    json.dump(facts, answers)


def column_transformers(estimator: Any) -> Iterator[Any]:
    """Every ColumnTransformer in a pipeline, at whatever depth of steps."""
    if hasattr(estimator, "transformers_"):
        yield estimator
    for _, step in getattr(estimator, "steps", []):
        yield from column_transformers(step)


if __name__ == "__main__":
    main(*sys.argv[1:])
