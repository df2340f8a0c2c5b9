"""The allow-list: what a model may import, told from an unloaded file, and what to do about the rest.

It finds out what Lambda does not have, and code that was put into a file without disguise. It is no sandbox: whoever
knows scikit-learn well can do harm with its own functions. Which libraries a model may hold is said in
`handler.engines.shipped`.
"""

import sys
from collections.abc import Collection

from handler.engines.shipped import OPTIONAL, artifact_modules
from training.pickles.imports import PickleContents

STANDARD = ("builtins", "copyreg", "collections", "functools", "_codecs", "datetime", "decimal", "operator", "types")
"""What models hold of the standard library; anything else of it is a sign that the file is more than a model."""

NEVER_IN_A_MODEL = {
    f"builtins.{name}" for name in ("eval", "exec", "compile", "open", "__import__", "input", "breakpoint")
}
"""Built-in functions that run or read something."""

_MOVE_IT = (
    "move it to a file such as features.py, import it from there (from features import …), fit and dump again, and add "
    "--code features.py"
)

_SEARCHES = "sklearn.model_selection._search"

_BOOSTED = "Fit HistGradientBoostingClassifier or HistGradientBoostingRegressor of scikit-learn in its place"
_SWITCH_ON = (
    "It can have it: name it in SHIPPED_TOO of handler/engines/shipped.py, and run `make install`. Or fit "
    "HistGradientBoostingClassifier or HistGradientBoostingRegressor of scikit-learn in its place"
)
_NEURAL = "Fit MLPClassifier or MLPRegressor of scikit-learn in its place"
_INSTEAD = {
    **dict.fromkeys(OPTIONAL, _SWITCH_ON),
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


WITH_FRAMES = (
    *("pandas._libs.", "pandas.core.indexes.", "pandas.core.arrays.", "pandas.core.dtypes.", "pandas.core.internals."),
    *("pandas.core.series.", "pandas.core.frame.", "pandas.arrays.", "pandas.Index", "pandas.RangeIndex"),
    *("pandas.MultiIndex", "pandas.Series", "pandas.DataFrame", "pandas.Categorical", "pandas.StringDtype"),
    *("pandas.NA", "pandas.Timestamp", "pandas.Interval", "pyarrow.lib."),
)
"""What a model that was fitted to a DataFrame may hold of pandas: what keeps values, and nothing that reads or runs."""


def refusal_of_imports(contents: PickleContents, with_frames: bool = False, own: Collection[str] = ()) -> str | None:
    """Why a model that imports this may not be loaded, naming the import and the line to change; None where it may.

    `with_frames` it may hold values of pandas, which are taken out before it is served. `own` are the top-level names
    of the modules that travel with the model.
    """
    for imported in contents.imports:
        module = imported.partition(".")[0]
        if imported in NEVER_IN_A_MODEL:
            return f"The model calls {imported}, which no model needs: ask whoever made it."
        if with_frames and imported.startswith(WITH_FRAMES):
            continue
        if module not in (*artifact_modules(), *STANDARD, *own) or "cloudpickle" in imported:
            return _advice(imported, module, contents)
    return None


def _advice(imported: str, module: str, contents: PickleContents) -> str:
    if "cloudpickle" in imported or module == "dill":
        return (
            f"The model holds a class or function of the script that fitted it (it was written with "
            f"{'cloudpickle' if 'cloudpickle' in imported else module}), as code that another Python cannot run. Put "
            "what scikit-learn has in its place: for FunctionTransformer(lambda …) a function of numpy, as in "
            f"FunctionTransformer(numpy.log1p). What has to be your own: {_MOVE_IT}."
        )
    if module == "__main__":
        dumped = (
            ", or dump the search's best_estimator_ alone, where the search has it and the model has not"
            if any(name.startswith(_SEARCHES) for name in contents.imports)
            else ""
        )
        return (
            f"The model holds {imported.removeprefix('__main__.')!r}, which was defined in the script that fitted it, "
            f"and Lambda does not have that script. Give it a module to travel with the model: {_MOVE_IT}. Or put a "
            f"class of scikit-learn in its place{dumped}."
        )
    if module == "pandas":
        return (
            f"The model holds an object of pandas ({imported}), which Lambda does not have. Add --table DATA --target "
            "COLUMN: what keeps values of a DataFrame is then taken out of it."
        )
    if module in sys.stdlib_module_names:
        return (
            f"The model imports {imported} of Python itself, where models need {', '.join(artifact_modules())} and "
            "nothing else: ask whoever made it."
        )
    if module in _INSTEAD:
        return f"The model needs {module} ({imported}), which the function does not have. {_INSTEAD[module]}."
    return (
        f"The model imports {imported}, and the function has {', '.join(artifact_modules())} and nothing else. If "
        f"{module} is a module of yours, let it travel with the model: --code {module}.py, or its folder. Else put a "
        "class of scikit-learn in its place, and fit again."
    )
