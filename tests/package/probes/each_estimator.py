"""Fits every public estimator of scikit-learn in a process of its own, with Lambda's deferred imports or without.

    python3.13 -I -S each_estimator.py TREE yes|no < estimators.json

Takes {class name: its module}. Prints {class name: {"came": […], "used": …}}: what its fit, its answers, its pickle and
its refusals came to, warnings included, and which of the deferred modules that took.
"""

import importlib
import json
import os
import pickle
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

ANSWERS = ("predict", "predict_proba", "decision_function", "transform", "score_samples", "get_feature_names_out")


def arguments(estimator: type) -> dict[str, Any]:
    """What the estimator cannot do without, and a seed."""
    import inspect

    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.preprocessing import StandardScaler

    inner = Ridge() if "Regressor" in estimator.__name__ or "RANSAC" in estimator.__name__ else LogisticRegression()
    name = "alpha" if isinstance(inner, Ridge) else "C"
    known = {
        "estimator": inner,
        "estimators": [("a", inner), ("b", inner)],
        "param_grid": {name: [0.1, 1.0]},
        "param_distributions": {name: [0.1, 1.0]},
        "transformers": [("scale", StandardScaler(), [0, 1])],
        "transformer_list": [("scale", StandardScaler())],
        "steps": [("scale", StandardScaler()), ("last", inner)],
        "dictionary": [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 0.0]],
    }
    parameters = inspect.signature(estimator).parameters.values()
    wanted = {p.name: known[p.name] for p in parameters if p.default is p.empty and p.name in known}
    return {**wanted, **({"random_state": 0} if any(p.name == "random_state" for p in parameters) else {})}


def plain(value: Any) -> Any:
    """An answer as JSON has it."""
    import numpy as np

    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, (list, tuple)) and not all(isinstance(item, (int, float, str)) for item in value):
        return [plain(item) for item in value]
    array = np.asarray(value)
    return array.ravel()[:200].tolist() if array.dtype.kind in "fiubUS" else [str(item) for item in array.ravel()[:200]]


def attempt(step: str, do: Callable[[], Any], came: list[Any]) -> Any:
    """Do it, and note what it gave, warned of, or raised."""
    told: Any
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            value = do()
        except Exception as error:  # noqa: BLE001 - whatever it raises is compared
            value, told = None, [f"{type(error).__name__}: {error}"]
        else:
            told = None if step in ("make", "fit", "pickle") else plain(value)
    came.append([step, told, [f"{note.category.__name__}: {note.message}" for note in warned]])
    return value


def can_fit(estimator: type[Any], rows: Any, target: Any) -> bool:
    """Fit another of its kind."""
    return bool(estimator(**arguments(estimator)).fit(rows, target))


def examine(name: str, module: str) -> list[Any]:
    """All that is asked of one estimator."""
    import numpy as np

    estimator = getattr(importlib.import_module(module), name)
    generator = np.random.default_rng(0)
    classes = np.repeat([0, 1], 20)
    rows = np.round(np.abs(generator.normal(classes[:, None] + [1.0, 2.0, 3.0, 4.0], 0.5)), 3)
    came: list[Any] = []
    model = attempt("make", lambda: estimator(**arguments(estimator)), came)
    if model is None:
        return came
    shaped = {"IsotonicRegression": rows[:, :1]}.get(name, rows)
    fitted = attempt("fit", lambda: model.fit(shaped, classes), came)
    others = [
        *((rows * np.nan, classes), (rows, None), (rows[:, 0], classes), (rows, classes * 0.5), (rows, rows[:, :2])),
        *((rows, classes[:, None] == [0, 1]), (["a b", "b c"] * 20, classes), ([{"a": 1.0}] * 40, classes)),
        (rows @ rows.T, rows[:, 0]),
    ]
    for fit_on, target in others:
        attempt("fit on another", partial(can_fit, estimator, fit_on, target), came)
    if fitted is None:
        return came
    again = attempt("pickle", lambda: pickle.loads(pickle.dumps(fitted)), came)  # noqa: S301 - our own
    for method in ANSWERS:
        for asked in (fitted, again):
            if hasattr(asked, method):
                arguments_of = () if method == "get_feature_names_out" else (shaped[::4],)
                attempt(method, partial(getattr(asked, method), *arguments_of), came)
    return came


def in_a_child(name: str, module: str) -> dict[str, Any]:
    """`examine` in a process that has used nothing yet."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        finders = [finder for finder in sys.meta_path if hasattr(finder, "pending")]
        deferred = [name for finder in finders for name in sorted(finder.pending)]
        with os.fdopen(write, "w") as told:
            came = examine(name, module)
            used = [name for name in deferred if type(sys.modules.get(name)).__name__ not in ("_StandIn", "NoneType")]
            json.dump({"came": came, "used": used}, told)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        answer = told.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else {"came": "the process ended", "used": []}


def main(tree: str, deferred: str) -> None:
    sys.path.insert(0, tree)
    if deferred == "yes":
        from handler.coldstart.deferred_imports import defer_imports
        from handler.coldstart.docstrings import keep_docstrings

        defer_imports()
        keep_docstrings()
    # With these in place a child has little left to import; none of them uses anything deferred.
    import sklearn.ensemble
    import sklearn.linear_model
    import sklearn.pipeline  # noqa: F401

    estimators = json.load(sys.stdin)
    json.dump({name: in_a_child(name, module) for name, module in estimators.items()}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
