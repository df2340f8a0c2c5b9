"""What an isolated process does with a brought model: it loads it as Lambda would, describes it, and has it answer.

All that needs the loaded model is done here in one go, so that the model is loaded only once before its proof.
"""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib

from handler.engines.own_code.modules import OwnModules, place_of
from handler.engines.versions import versions_in_use
from handler.records.decoding import decode
from handler.records.signature import Example, Feature, Target, Task
from training.bring.answers import examples_of, kept_examples, predicted_of
from training.bring.estimator import chosen_by_name, load_failure, names_of
from training.bring.held.estimator_name import estimator_name
from training.bring.held.features import features_of
from training.bring.held.refused import Refused
from training.bring.held.searches import found_by_search
from training.bring.held.task import outputs_of, require_predictor
from training.bring.naming import names_in_order, values_in_order
from training.bring.stated import Stated
from training.bring.targets import targets_of
from training.errors import UnpackableArtifact, listed
from training.folder.domains import domains_of, known_categories
from training.folder.parameters import plain_parameters
from training.folder.places import without_caches

MODULES = (
    *(f"training.bring.{name}" for name in ("answers", "estimator", "naming", "stated", "targets")),
    *(
        f"training.bring.held.{name}"
        for name in ("__init__", "estimator_name", "features", "refused", "searches", "task")
    ),
    *(f"training.folder.{name}" for name in ("column_steps", "domains", "parameters", "places", "public_names")),
    "training.errors",
)
"""All that this process imports of `training`."""


@dataclass(frozen=True)
class Inspected:
    """What a brought model is. `estimator` names it, `searched` are the searches that it was found by; `labels` are the
    own classes of each of its `targets` as texts, whose names are `made_up` where nobody said them; the order of its
    columns `is_guessed` where only the example gives it; `runtime` are the versions that it was loaded, asked and
    written again under."""

    task: Task
    estimator: str
    parameters: dict[str, Any]
    searched: tuple[str, ...]
    features: tuple[Feature, ...]
    is_guessed: bool
    targets: tuple[Target, ...]
    labels: tuple[tuple[str, ...], ...]
    made_up: bool
    examples: tuple[Example, ...]
    runtime: dict[str, str]


def main(name: str, model: str, copy: str, stated: dict[str, Any]) -> dict[str, Any]:
    """What `inspect` returns, or `{"refused": sentence}`."""
    warnings.simplefilter("ignore")
    try:
        return asdict(inspect(name, Path(model), Path(copy), decode(Stated, stated)))
    except UnpackableArtifact as error:
        return {"refused": str(error)}


def inspect(name: str, model: Path, copy: Path, stated: Stated) -> Inspected:
    """Load the file `model`, which the person calls `name`, and write what is served of it, uncompressed, to `copy`.

    Raises UnpackableArtifact, with what to change.
    """
    try:
        estimator, searched = found_by_search(loaded(model, stated))
        role = require_predictor(estimator)
        own_names = names_of(estimator)
        with without_caches(estimator):
            joblib.dump(estimator, copy)
        _require_by_position(estimator, own_names)
        names, is_guessed = names_in_order(own_names, stated.features, stated.rows)
        _require_width(estimator, names)
        rows = values_in_order(stated.rows, names)
        asked_for = stated.features or [Feature(name, "number") for name in names]
        features = features_of(asked_for, known_categories(estimator), domains_of(estimator), rows)
        outputs = outputs_of(estimator, role, predicted_of(estimator, rows, features), len(stated.classes or ()))
        targets, made_up = targets_of(outputs, stated)
        examples = examples_of(estimator, rows, features, outputs.task, targets)
    except Refused as refused:
        raise UnpackableArtifact(f"{name} cannot be served. {refused}") from refused
    return Inspected(
        task=outputs.task,
        estimator=estimator_name(estimator, searched),
        parameters=plain_parameters(estimator.get_params(deep=False)),
        searched=tuple(searched),
        features=features,
        is_guessed=is_guessed,
        targets=targets,
        labels=tuple(tuple(map(str, labels)) for labels in outputs.labels),
        made_up=made_up,
        examples=tuple(kept_examples(examples, outputs.task)),
        runtime=versions_in_use(),
    )


def loaded(model: Path, stated: Stated) -> Any:
    """What the file holds; raises Refused where it does not load. The modules that travel with it are importable under
    their own names from here on, as where it was fitted."""
    if stated.code is not None:
        OwnModules.for_everybody(stated.code)
    try:
        return joblib.load(model)
    except (Exception, SystemExit) as error:
        if place := place_of(error):
            raise Refused(
                f"Its own code raises {type(error).__name__} in {place}: correct it, and fit again."
            ) from error
        if not isinstance(error, Exception):
            raise
        raise Refused(load_failure(error)) from error


def _require_by_position(estimator: Any, names: Sequence[str]) -> None:
    """Raise UnpackableArtifact where columns are chosen by name, which only DataFrames know."""
    chosen = [f"{name!r} takes {columns!r}" for name, columns, _ in chosen_by_name(estimator, names)]
    if chosen:
        raise UnpackableArtifact(
            f"The model chooses columns by name, as it was fitted to a DataFrame ({listed(chosen)}). Add --table DATA "
            "--target COLUMN, with a CSV or Parquet file that it answers: it is then turned into one that chooses by "
            "position, and proved on that table."
        )


def _require_width(estimator: Any, names: Sequence[str]) -> None:
    width = getattr(estimator, "n_features_in_", None)
    if width not in (None, len(names)):
        raise UnpackableArtifact(
            f"The model takes {width} values, and {len(names)} features are named ({listed(names)}): it cannot answer "
            "the example."
        )
