"""The process of `training.bring.brought_model`: loads a file made elsewhere with what Lambda has, and says what it is.

Run by path, never imported, in one of two ways; the answer is JSON on standard output:

    python -I inspection_process.py PATH_ENTRY describe MODEL COPY      what it is; a copy, uncompressed, goes to COPY
    python -I inspection_process.py PATH_ENTRY answer COPY < rows.json  what it says of rows

`{"refused": sentence}` is the answer where the model cannot be served.
"""

import json
import sys
import warnings
from dataclasses import asdict
from typing import Any


def main(path_entry: str, what: str, *paths: str) -> None:
    sys.path.insert(0, path_entry)
    answers, sys.stdout = sys.stdout, sys.stderr
    from training.bring.estimator import Refused

    warnings.simplefilter("ignore")
    try:
        said = describe(*paths) if what == "describe" else answer(paths[0], json.load(sys.stdin))
    except Refused as refused:
        said = {"refused": str(refused)}
    json.dump(said, answers)


def describe(model: str, copy: str) -> dict[str, Any]:
    """What the model says of itself; raises Refused."""
    import joblib

    from training.bring.estimator import (
        Refused,
        chosen_by_name,
        classes_of,
        found_by_search,
        load_failure,
        names_of,
        require_predictor,
    )
    from training.folder.domains import domains_of, known_categories
    from training.folder.parameters import plain_parameters
    from training.folder.places import without_caches

    try:
        loaded = joblib.load(model)
    except Exception as error:
        raise Refused(load_failure(error)) from error
    estimator, searched = found_by_search(loaded)
    task = require_predictor(estimator)
    names, width = names_of(estimator), getattr(estimator, "n_features_in_", None)
    classes = classes_of(estimator) if task == "classification" else []
    with without_caches(estimator):
        joblib.dump(estimator, copy)
    return {
        "task": task,
        "class": [type(estimator).__module__, type(estimator).__qualname__],
        "parameters": plain_parameters(estimator.get_params(deep=False)),
        "searched": searched,
        "features": None if width is None else int(width),
        "names": names,
        "by_name": chosen_by_name(estimator, names),
        "classes": [[str(label), type(label).__name__] for label in classes],
        "categories": known_categories(estimator),
        "domains": {index: asdict(domain) for index, domain in domains_of(estimator).items()},
    }


def answer(copy: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What the model says of `asked["rows"]`; raises Refused. Where it fails: on which row, and how."""
    import joblib
    import numpy as np
    from sklearn.base import is_classifier

    from handler.rows.dtype import row_dtype
    from training.bring.estimator import Refused, answers_of, classes_of, failure

    estimator = joblib.load(copy)
    classes = classes_of(estimator) if is_classifier(estimator) else []
    rows = np.array(asked["rows"], dtype=row_dtype(asked["kinds"]))
    try:
        predicted, probabilities = answers_of(estimator, rows, classes)
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a foreign model raises is its user's to know
        return {"failed": failure(error), "error": type(error).__name__, "row": _first_that_fails(estimator, rows)}
    return {"predicted": predicted, "probabilities": probabilities}


def _first_that_fails(estimator: Any, rows: Any) -> int:
    for index in range(len(rows)):
        try:
            estimator.predict(rows[[index]])
        except Exception:  # noqa: BLE001 - as above
            return index
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
