"""Whether Lambda could load a model fitted elsewhere, and whether it is one estimator, judged from the unloaded file.

What only the loaded model can show is in `training.bring.estimator`. Which libraries a model may hold is said in
`handler.engines.shipped`.
"""

import sklearn

from handler.engines.shipped import artifact_modules, estimator_libraries
from training.bring.pickles.imports import Held, PickleContents
from training.errors import UnpackableArtifact

STANDARD = ("builtins", "copyreg", "collections", "functools", "_codecs", "datetime", "decimal", "operator", "types")
"""What models hold of the standard library; anything else of it is a sign that the file is more than a model."""

NEVER_IN_A_MODEL = {
    f"builtins.{name}" for name in ("eval", "exec", "compile", "open", "__import__", "input", "breakpoint")
}
"""Built-in functions that run or read something: a file that holds one is more than a model."""

_ARRAYS = ("joblib.numpy_pickle.", "numpy.", "scipy.sparse.")
_SEARCHES = "sklearn.model_selection._search"

_BOOSTED = "Fit HistGradientBoostingClassifier or HistGradientBoostingRegressor of scikit-learn in its place"
_NEURAL = "Fit MLPClassifier or MLPRegressor of scikit-learn in its place"
_INSTEAD = {
    "xgboost": _BOOSTED,
    "lightgbm": _BOOSTED,
    "catboost": _BOOSTED,
    "torch": _NEURAL,
    "skorch": _NEURAL,
    "keras": _NEURAL,
    "tensorflow": _NEURAL,
    "scikeras": _NEURAL,
    "imblearn": (
        "Its samplers work in fit alone, so a pipeline of scikit-learn predicts the same: Pipeline([step for step in "
        "model.steps if not hasattr(step[1], 'fit_resample')])"
    ),
    "category_encoders": "Encode by OneHotEncoder, OrdinalEncoder or TargetEncoder of scikit-learn, and fit again",
    "statsmodels": "Fit the like of scikit-learn, such as LinearRegression or LogisticRegression, in its place",
}
"""Other libraries that models come from, and what to do instead of using each."""


def require_loadable(contents: PickleContents) -> None:
    """Raise UnpackableArtifact, naming what the file holds or the import and the line to change, where Lambda could
    not load the file or it holds no estimator."""
    _require_one_estimator(contents.held)
    for imported in contents.imports:
        module = imported.partition(".")[0]
        if imported in NEVER_IN_A_MODEL:
            raise UnpackableArtifact(f"The file calls {imported}, which no model needs: ask whoever made it.")
        if module not in (*artifact_modules(), *STANDARD) or "cloudpickle" in imported:
            raise UnpackableArtifact(_advice(imported, module, contents))
    different = [version for version in contents.sklearn_versions if version != sklearn.__version__]
    if different:
        raise UnpackableArtifact(
            f"The model was fitted under scikit-learn {different[0]}; the function has {sklearn.__version__}. Fit it "
            f"again under {sklearn.__version__}, or pin {different[0]} in handler/requirements.in and run `make lock`."
        )


def _require_one_estimator(held: Held) -> None:
    if held.members:
        raise UnpackableArtifact(_several(held))
    module, _, name = held.name.rpartition(".")
    if held.is_name and module != "__main__":
        raise UnpackableArtifact(
            f"The file holds the class or function {name} itself, not an estimator that was fitted: write "
            "joblib.dump(model, 'model.joblib') with model = … .fit(X, y)."
        )
    if module == "builtins":
        raise UnpackableArtifact(f"The file holds {_a(name)}, not an estimator: dump the fitted model itself.")
    if held.name.startswith("pandas."):
        raise UnpackableArtifact(
            f"The file holds {_a(name)} of pandas, not an estimator: `python -m training train --table` fits a model "
            "to a table."
        )
    if held.name.startswith(_ARRAYS):
        raise UnpackableArtifact("The file holds a NumPy array, not an estimator: dump the fitted model itself.")


def _several(held: Held) -> str:
    """What a dict, list or tuple holds, and how to write what can be served."""
    from sklearn.utils import all_estimators  # takes long, and is seldom needed

    kind = held.name.rpartition(".")[2]
    shown = ", ".join(f"{place[1:-1]} ({name.rpartition('.')[2]})" for place, name in held.members[:10])
    more = f" and {len(held.members) - 10} more" if len(held.members) > 10 else ""
    ours = tuple(f"{library.module}." for library in estimator_libraries())
    estimators = [(place, name.rpartition(".")[2]) for place, name in held.members if name.startswith(ours)]
    # Some predict and transform.
    predictors = {name for name, _ in all_estimators(type_filter=["classifier", "regressor"])}
    transformers = {name for name, _ in all_estimators(type_filter="transformer")} - predictors
    before = [f"held{place}" for place, name in estimators if name in transformers]
    models = [f"held{place}" for place, name in estimators if name not in transformers]
    found = f"The file holds a {kind} of {shown}{more}, and one estimator is served."
    if not models:
        return f"{found} Dump the fitted model itself."
    load = "With held = joblib.load of this file, write"
    if before:
        steps = ", ".join([*before, models[0]])
        return (
            f"{found} {load} joblib.dump(make_pipeline({steps}), 'model.joblib'), with the steps in the order in which "
            "a row goes through them."
        )
    return f"{found} {load} joblib.dump({models[0]}, 'model.joblib')."


def _advice(imported: str, module: str, contents: PickleContents) -> str:
    if "cloudpickle" in imported or module == "dill":
        return (
            f"The model holds a class or function of the script that fitted it (it was written with "
            f"{'cloudpickle' if 'cloudpickle' in imported else module}), as code that another Python cannot run. Put "
            "what scikit-learn has in its place: for FunctionTransformer(lambda …) a function of numpy, as in "
            "FunctionTransformer(numpy.log1p); for a class of your own one of scikit-learn's."
        )
    if module == "__main__":
        dumped = (
            ", or dump the search's best_estimator_ alone, where the search has it and the model has not"
            if any(name.startswith(_SEARCHES) for name in contents.imports)
            else ""
        )
        return (
            f"The model holds {imported.removeprefix('__main__.')!r}, which was defined in the script that fitted it, "
            "and Lambda does not have that script. Put a class of scikit-learn in its place, or do that step before "
            f"the request{dumped}."
        )
    if module == "pandas":
        return (
            "The model holds an object of pandas, which Lambda does not have. Fit it to arrays: "
            "model.fit(frame.to_numpy(), target.to_numpy())."
        )
    if module in _INSTEAD:
        return f"The model needs {module} ({imported}), which the function does not have. {_INSTEAD[module]}."
    return (
        f"The model imports {imported}, and the function has {', '.join(artifact_modules())} and nothing else. Put a "
        "class of scikit-learn in its place, and fit again."
    )


def _a(name: str) -> str:
    return f"an {name}" if name[:1] in "aeiouAEIOU" else f"a {name}"
