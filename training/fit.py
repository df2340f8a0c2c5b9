"""From the description of a model to a trained one: data, split, preparation, search, fit.

`python -m training train` calls it for every model, the first one (`training.iris`) too. All that is drawn is drawn by
one seed, so the same description, data and seed give the same artifact, byte for byte.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import get_scorer_names
from sklearn.model_selection import train_test_split

from handler.manifest import Target
from training.bundled import is_bundled, load_bundled
from training.dataset import Dataset, Indexes
from training.errors import FitFailed, InvalidModelFile, InvalidTable
from training.estimators import default_estimator, make_estimator, require_task, seed_estimator
from training.held_out import DEFAULT_METRIC
from training.model import TrainedModel
from training.model_file import EstimatorSpec, ModelSpec
from training.number_spelling import NumberForm
from training.preprocessing import prepared
from training.table import Said, TableChoices, read_table
from training.table_source import CsvForm


@dataclass(frozen=True)
class Split:
    """Which rows are fitted, and which are held out."""

    train: Indexes
    test: Indexes


def train_model(
    spec: ModelSpec, seed: int, say: Callable[[Sequence[Said]], None] = lambda _: None, backend: str | None = None
) -> TrainedModel:
    """Train what `spec` describes; `say` is told what was found in a table.

    Raises a TrainingError, or a RegistryError where a table on S3 cannot be read.
    """
    dataset, said = load_data(spec, seed)
    say(said)
    metric = spec.metric or DEFAULT_METRIC[dataset.task]
    if metric not in get_scorer_names():
        raise InvalidModelFile(
            f"There is no metric {metric!r}; scikit-learn's scorers are {', '.join(get_scorer_names())}."
        )
    estimator = _estimator(spec.estimator or EstimatorSpec(default_estimator(dataset.task)), dataset, seed)
    split = split_rows(dataset, spec.data.test_size, seed)
    fitted, warned = _fit(estimator, spec, metric, dataset, split, seed, backend)
    say([Said(None, text) for text in warned])
    return TrainedModel(
        name=spec.name,
        task=dataset.task,
        estimator=fitted,
        features=tuple(column.describe(split.train, spec.features.allow_unknown) for column in dataset.columns),
        target=_described_target(dataset, split),
        x_test=dataset.matrix(split.test),
        y_test=dataset.y[split.test],
        dataset=dataset.name,
        dataset_sha256=dataset.sha256,
        rows=dataset.rows,
        seed=seed,
        metric=metric,
        gate=spec.gate,
    )


def load_data(spec: ModelSpec, seed: int) -> tuple[Dataset, tuple[Said, ...]]:
    """The data that `spec` names, and what to tell of it."""
    data, features = spec.data, spec.features
    if not is_bundled(data.source):
        form = CsvForm(data.delimiter, data.encoding, data.missing, NumberForm(data.decimal, data.thousands))
        choices = TableChoices(data.target, data.task, features.number, features.category, features.drop, data.sample)
        return read_table(data.source, form, choices, seed)
    dataset = load_bundled(data.source, data.target)
    if data.task not in (None, dataset.task) or features.number or features.category or features.drop:
        raise InvalidModelFile(
            f"{data.source} is a {dataset.task} on numbers alone; its columns are taken as they are."
        )
    return dataset, ()


def split_rows(dataset: Dataset, test_size: float, seed: int) -> Split:
    """Hold out a share of the rows, of each class alike; raises InvalidTable where there are too few."""
    rows = dataset.rows
    held_out = int(np.ceil(test_size * rows))
    if rows < 10 or held_out < 2 or rows - held_out < 2:
        raise InvalidTable(
            f"{dataset.name} has {rows} rows with a target; at least 10 are needed to fit and to measure."
        )
    classes = len(dataset.target.classes)
    if dataset.task == "classification":
        counts = Counter(dataset.y.tolist())
        scarce = [f"{dataset.target.classes[index]!r}" for index in range(classes) if counts[index] < 2]
        if scarce:
            raise InvalidTable(
                f"The class {scarce[0]} of {dataset.target.name!r} has a single row: each needs two, one to fit and "
                "one to measure."
            )
        if min(held_out, rows - held_out) < classes:
            raise InvalidTable(
                f"{held_out} of {rows} rows would be held out, fewer than the {classes} classes: give more rows, or "
                "another --test-size."
            )
    stratify = dataset.y if dataset.task == "classification" else None
    train, test = train_test_split(np.arange(rows), test_size=test_size, random_state=seed, stratify=stratify)
    return Split(train, test)


def _described_target(dataset: Dataset, split: Split) -> Target:
    if dataset.task == "classification":
        return dataset.target
    return replace(dataset.target, spread=float(np.std(dataset.y[split.train])))


def _estimator(spec: EstimatorSpec, dataset: Dataset, seed: int) -> Any:
    estimator = make_estimator(spec.class_name, spec.parameters or {})
    require_task(estimator, dataset.task)
    if spec.seeded:
        seed_estimator(estimator, seed)
    if not spec.prepare and (dataset.dtype is object or any(column.gaps.any() for column in dataset.columns)):
        raise InvalidModelFile("Without preparation the data must be numbers without gaps: leave out prepare = false.")
    return prepared(estimator, dataset.columns) if spec.prepare else estimator


def _fit(
    estimator: Any, spec: ModelSpec, metric: str, dataset: Dataset, split: Split, seed: int, backend_address: str | None
) -> tuple[Any, list[str]]:
    x, y = dataset.matrix(split.train), dataset.y[split.train]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if spec.search is not None:
                # Its imports are for those who search.
                from training.search import backend, best_parameters

                with backend(backend_address):
                    won = best_parameters(estimator, spec.search, metric, dataset.task, x, y, seed)
                estimator.set_params(**won)
            fitted = estimator.fit(x, y)
        except (ValueError, TypeError, MemoryError) as error:
            raise FitFailed(f"{_name(estimator)} could not be fitted: {_first_line(error)}") from error
    texts = dict.fromkeys(
        _first_line(warning.message)
        for warning in caught
        if issubclass(warning.category, (ConvergenceWarning, UserWarning, FutureWarning))
    )
    return fitted, list(texts)


def _name(estimator: Any) -> str:
    return type(getattr(estimator, "_final_estimator", estimator)).__name__


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
