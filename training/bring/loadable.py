"""Whether Lambda could load a model fitted elsewhere, and whether it is one estimator, judged from the unloaded file.

What only the loaded model can show is in `training.bring.estimator`.
"""

from handler.engines.shipped import estimator_libraries
from training.errors import UnpackableArtifact
from training.pickles.allowed import refusal_of_imports
from training.pickles.imports import Held, PickleContents
from training.release.shipped import shipped_versions

_ARRAYS = ("joblib.numpy_pickle.", "numpy.", "scipy.sparse.")


def require_loadable(contents: PickleContents, with_frames: bool = False) -> None:
    """Raise UnpackableArtifact, naming what the file holds or the import and the line to change, where Lambda could
    not load the file or it holds no estimator. `with_frames` it may hold values of pandas."""
    _require_one_estimator(contents.held)
    refusal = refusal_of_imports(contents, with_frames)
    if refusal is not None:
        raise UnpackableArtifact(refusal)
    has = shipped_versions()["scikit-learn"]
    different = [version for version in contents.sklearn_versions if version != has]
    if different:
        raise UnpackableArtifact(
            f"The model was fitted under scikit-learn {different[0]}; the function has {has}. Fit it again under "
            f"{has}, or pin {different[0]} in handler/requirements.in and run `make lock`."
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


def _a(name: str) -> str:
    return f"an {name}" if name[:1] in "aeiouAEIOU" else f"a {name}"
