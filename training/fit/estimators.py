"""From a name and parameters to an estimator: any of the libraries that ship, and nothing else.

A class from elsewhere would not load in Lambda, and its name in a file would be a way to run code.
"""

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

from sklearn.base import BaseEstimator, is_classifier, is_regressor

from handler.engines.shipped import OPTIONAL, estimator_libraries
from handler.records.signature import Task
from training.errors import InvalidModelFile


def make_estimator(name: str, parameters: Mapping[str, Any]) -> Any:
    """An estimator by its public name, as in `sklearn.svm.SVC`; raises InvalidModelFile.

    A parameter may be an estimator itself, `{class = "sklearn.…", parameters = {…}}`, or a list of them with a `name`
    each, as voting and stacking take them.
    """
    found = estimator_class(name)
    known = _parameters_of(found)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise InvalidModelFile(f"{name} has no parameter {unknown[0]!r}; it has {', '.join(known)}.")
    try:
        return found(**{key: _value(value) for key, value in parameters.items()})
    except TypeError as error:
        raise InvalidModelFile(f"{name} cannot be made so: {error}.") from error


def _parameters_of(found: type[Any]) -> list[str]:
    """The names of its parameters. Where it takes any others too, they are those of the classes above it, which get
    them: a name that none of these knows would be passed over in silence."""
    parameters = inspect.signature(found).parameters
    known = [name for name in parameters if name not in ("args", "kwargs")]
    if "kwargs" in parameters:
        above = (inspect.signature(base).parameters for base in found.__mro__[1:] if issubclass(base, BaseEstimator))
        known += [name for names in above for name in names if name not in (*known, "args", "kwargs")]
    return list(dict.fromkeys(known))


def estimator_class(name: str) -> type[Any]:
    """The class of this name; raises InvalidModelFile unless it is an estimator of a library that ships."""
    module, _, attribute = name.rpartition(".")
    libraries = {library.module: library.name for library in estimator_libraries()}
    library = libraries.get(_package(module))
    if library is None:
        name_one = (
            f"to have it, name {_package(module)} in SHIPPED_TOO of handler/engines/shipped.py and run `make install`."
            if _package(module) in OPTIONAL
            else "name one as sklearn.svm.SVC."
        )
        raise InvalidModelFile(
            f"{name!r} is not of {' or '.join(libraries.values())}, and Lambda has nothing else: {name_one}"
        )
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise InvalidModelFile(f"{library} has no {name}: {error}.") from error
    # What it imported from elsewhere could be named as its own.
    if not (isinstance(found, type) and issubclass(found, BaseEstimator) and _package(found.__module__) in libraries):
        raise InvalidModelFile(f"{name} is not an estimator of {library}.")
    return found


def _package(module: str) -> str:
    return module.partition(".")[0]


def require_task(estimator: Any, task: Task) -> None:
    """Raise InvalidModelFile unless `estimator` is for `task`."""
    fits = is_classifier(estimator) if task == "classification" else is_regressor(estimator)
    if not fits:
        other = "classifier" if task == "classification" else "regressor"
        raise InvalidModelFile(
            f"The data asks for a {task}, and {type(estimator).__name__} is no {other}: choose another, or say --task."
        )


def seed_estimator(estimator: Any, seed: int) -> None:
    """Give `seed` to every `random_state` that was not set, in the parts of a compound estimator too."""
    unset = {
        name: seed
        for name, value in estimator.get_params().items()
        if value is None and (name == "random_state" or name.endswith("__random_state"))
    }
    estimator.set_params(**unset)


def default_estimator(task: Task) -> str:
    """What fits a table best with no setting at all: it takes gaps and categories as they are."""
    return f"sklearn.ensemble.HistGradientBoosting{'Classifier' if task == 'classification' else 'Regressor'}"


def _value(value: Any) -> Any:
    if isinstance(value, Mapping) and "class" in value:
        return make_estimator(str(value["class"]), value.get("parameters", {}))
    if isinstance(value, list) and value and all(isinstance(item, Mapping) and "class" in item for item in value):
        if not all("name" in item for item in value):
            raise InvalidModelFile('Each estimator of a list needs a name: {name = "forest", class = "sklearn.…"}.')
        return [(str(item["name"]), _value(item)) for item in value]
    return value
