"""From the description of a model to a trained one: data, split, preparation, search, fit.

Everything random comes from one seed, so the same description, data and seed give the same artifact, byte for byte.
"""

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import get_scorer_names

from handler.records.signature import Target
from training.data.bundled import is_bundled, load_bundled
from training.data.columns.kinds import TableChoices
from training.data.columns.notes import Finding
from training.data.columns.reading import read_table
from training.data.dataset import Dataset
from training.data.split import Split, classes_not_held_out, rare_class, split_rows
from training.data.statistics import quantiles_of
from training.data.table.source import CsvForm
from training.data.text.numbers import NumberForm
from training.errors import FitFailed, InvalidModelFile, InvalidTable
from training.fit.description import EstimatorSpec, ModelSpec, SearchSpec
from training.fit.estimators import default_estimator, make_estimator, require_task, seed_estimator
from training.fit.preprocessing import prepared
from training.fit.trained_model import TrainedModel
from training.measuring.metrics import default_metric

TOO_FEW = 10
"""With fewer fitted rows, a class may be why an estimator's own split fails."""

SPLITTING = re.compile(
    r"least populated|n_splits|-fold|each class|classes (in|are|found)|number of classes", re.IGNORECASE
)
"""What scikit-learn says where a class has too few rows for a split, or is missing from a side of one."""


def train_model(
    spec: ModelSpec, seed: int, say: Callable[[Sequence[Finding]], None] = lambda _: None, backend: str | None = None
) -> TrainedModel:
    """Train what `spec` describes; `say` is given what was found in a table.

    Raises a TrainingError, or a RegistryError where a table on S3 cannot be read.
    """
    dataset, said = load_data(spec, seed)
    say(said)
    metric = spec.metric or default_metric(dataset.task, (dataset.target,))
    if metric not in get_scorer_names():
        raise InvalidModelFile(
            f"There is no metric {metric!r}; scikit-learn's scorers are {', '.join(get_scorer_names())}."
        )
    estimator = _estimator(spec.estimator or EstimatorSpec(default_estimator(dataset.task)), dataset, seed)
    split = split_rows(dataset, spec.data.test_size, seed)
    if unmeasured := classes_not_held_out(dataset, split):
        named = ", ".join(map(repr, unmeasured[:5])) + (", …" if len(unmeasured) > 5 else "")
        say([Finding(dataset.target.name, f"no row held out has the class {named}: no metric speaks of it")])
    fitted, warned = _fit(estimator, spec, metric, dataset, split, seed, backend)
    say([Finding(None, text) for text in warned])
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
        fitted_rows=len(split.train),
        drift=spec.drift,
    )


def load_data(spec: ModelSpec, seed: int) -> tuple[Dataset, tuple[Finding, ...]]:
    """The data that `spec` names, and what to say of it."""
    data, features = spec.data, spec.features
    if not is_bundled(data.source):
        numbers = NumberForm(data.decimal, data.thousands)
        form = CsvForm(data.delimiter, data.encoding, data.missing, numbers, data.not_missing)
        choices = TableChoices(data.target, data.task, data.sample, **features.named)
        return read_table(data.source, form, choices, seed)
    dataset = load_bundled(data.source, data.target)
    if data.task not in (None, dataset.task) or any(features.named.values()):
        raise InvalidModelFile(
            f"{data.source} is a {dataset.task} on numbers alone; its columns are taken as they are."
        )
    return dataset, ()


def _described_target(dataset: Dataset, split: Split) -> Target:
    if dataset.task == "classification":
        return dataset.target
    fitted = dataset.y[split.train]
    return replace(dataset.target, spread=float(np.std(fitted)), quantiles=quantiles_of(fitted))


def _estimator(spec: EstimatorSpec, dataset: Dataset, seed: int) -> Any:
    estimator = make_estimator(spec.class_name, spec.parameters or {})
    require_task(estimator, dataset.task)
    if spec.seeded:
        seed_estimator(estimator, seed)
    if not spec.prepare and (dataset.dtype is object or any(column.gaps.any() for column in dataset.columns)):
        raise InvalidModelFile("Without preparation the data must be numbers without gaps: remove prepare = false.")
    return prepared(estimator, dataset.columns) if spec.prepare else estimator


def _fit(
    estimator: Any, spec: ModelSpec, metric: str, dataset: Dataset, split: Split, seed: int, backend_address: str | None
) -> tuple[Any, list[str]]:
    x, y = dataset.matrix(split.train), dataset.y[split.train]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if spec.search is not None:
                _require_folds(spec.search.folds, len(y))
                # Only a search pays for its imports.
                from training.fit.search import backend, best_parameters

                with backend(backend_address):
                    won = best_parameters(estimator, spec.search, metric, dataset.task, x, y, seed)
                estimator.set_params(**won)
            fitted = estimator.fit(x, y)
        except (ValueError, TypeError, MemoryError) as error:
            reason = _first_line(error)
            if dataset.task == "classification":
                reason = _by_rare_class(reason, dataset, split, spec.search)
            raise FitFailed(f"{_name(estimator)} could not be fitted: {reason}") from error
    texts = dict.fromkeys(
        _first_line(warning.message)
        for warning in caught
        if issubclass(warning.category, (ConvergenceWarning, UserWarning, FutureWarning))
    )
    return fitted, list(texts)


def _require_folds(folds: int, rows: int) -> None:
    if folds > rows:
        raise InvalidTable(
            f"There are {rows} rows to fit, and the search has {folds} folds: ask for fewer with --folds."
        )


def _by_rare_class(reason: str, dataset: Dataset, split: Split, search: SearchSpec | None) -> str:
    """scikit-learn's reason, in words that name the rarest class where that is, or may be, the cause."""
    count, rare = rare_class(dataset, split)
    folds = search.folds if search is not None else 0
    if count >= max(TOO_FEW, folds):
        return reason
    too_few = f"fewer than the search's {folds} folds" if count < folds else "too few for a part to be held out of it"
    fewer = "ask for fewer with --folds, " if count < folds else ""
    named = f"{rare}, {too_few}: {fewer}give more rows of it, group it with another class, or leave it out."
    if SPLITTING.search(reason):
        return named
    return f"{reason} It may be that {named}" if count < folds else reason


def _name(estimator: Any) -> str:
    return type(getattr(estimator, "_final_estimator", estimator)).__name__


def _first_line(error: Any) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
