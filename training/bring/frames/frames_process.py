"""What an isolated process does with a model that was fitted to a DataFrame: it asks it, describes it and rewrites it.

It has pandas, as the model had where it was fitted. The answers of the model as it was loaded are what the rewritten
one is proved against, in another process that has what Lambda has.
"""

import copy
import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib

from handler.engines.scikit_learn import FittedEstimator
from handler.engines.versions import versions_in_use
from handler.records.decoding import decode
from handler.records.signature import Example, Feature
from handler.rows.dtype import typed_rows
from handler.serving.predictor import Predictor
from training.bring.estimator import names_of
from training.bring.frames.original import Answers, Original, as_fitted, as_manifest, types_in
from training.bring.frames.rewriting.arrays_alone import needs_frame
from training.bring.frames.rewriting.casts import with_types
from training.bring.frames.rewriting.positions import (
    chosen_by_position,
    keep_places,
    lay_out_last_steps,
    needed_places,
)
from training.bring.frames.rows_process import compared
from training.bring.frames.table_of_model.kinds import feature_of, json_rows, normalised
from training.bring.frames.table_of_model.known import known_columns
from training.bring.frames.table_of_model.made_rows import made_rows, without_refused
from training.bring.frames.table_of_model.reading import TableForm, columns_of_model, drawn, read_table
from training.bring.frames.table_of_model.targets import true_answers
from training.bring.held.estimator_name import estimator_name
from training.bring.held.refused import Refused
from training.bring.held.searches import found_by_search
from training.bring.held.task import outputs_of, require_predictor
from training.bring.inspection_process import Inspected, loaded
from training.bring.stated import Stated
from training.bring.targets import targets_of
from training.errors import UnpackableArtifact
from training.folder.domains import domains_of
from training.folder.parameters import plain_parameters
from training.folder.places import without_caches

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 200
"""Rows on which the types within the model are found out, and whether it answers arrays at all."""


@dataclass(frozen=True)
class FrameInspected:
    """`rows` is how many of the table's were asked, `made` the changed column of each row that was made beside them.

    The files that the caller named hold the rows, the original's answers to them and the true ones. `unused` are
    columns of the table that the model does not take, `unneeded` those that it takes and has no use for.
    """

    model: Inspected
    rows: int
    made: tuple[str, ...]
    table_rows: int
    unused: tuple[str, ...]
    unneeded: tuple[str, ...]


def main(name: str, model: str, copied: str, stated: dict[str, Any], form: dict[str, Any], folder: str) -> Any:
    """What `inspect_on_frame` returns, or `{"refused": sentence}`."""
    warnings.simplefilter("ignore")
    try:
        found = inspect_on_frame(
            name, Path(model), Path(copied), decode(Stated, stated), decode(TableForm, form), Path(folder)
        )
    except UnpackableArtifact as error:
        return {"refused": str(error)}
    return asdict(found)


def inspect_on_frame(
    name: str, model: Path, copied: Path, stated: Stated, form: TableForm, folder: Path
) -> FrameInspected:
    """Load `model`, ask it the table, write what is served of it to `copied`, and the rows and answers into `folder`.

    Raises UnpackableArtifact, with what to change.
    """
    try:
        return _inspected(model, copied, stated, form, folder)
    except Refused as refused:
        raise UnpackableArtifact(f"{name} cannot be served. {refused}") from refused


def _inspected(model: Path, copied: Path, stated: Stated, form: TableForm, folder: Path) -> FrameInspected:
    estimator, searched = found_by_search(loaded(model, stated))
    role = require_predictor(estimator)
    table = read_table(form)
    own = names_of(estimator)
    needed = needed_places(estimator, own)
    frame, unused = columns_of_model(table, form, own, needed, stated.targets)
    places = drawn(len(table))

    rewritten = copy.deepcopy(estimator)
    chosen_by_position(rewritten)
    keep_places(rewritten, needed)
    names = [own[place] for place in needed] if own else list(frame.columns)
    features, frame = _described(rewritten, frame, names, form)

    with as_fitted(estimator, frame.iloc[:LOOKED_AT]) as hands_on_frames:
        types, whole, predicted = types_in(estimator, frame.iloc[:LOOKED_AT], form.name)
        outputs = outputs_of(estimator, role, predicted, len(stated.classes or ()))
        task = outputs.task
        targets, made_up = targets_of(outputs, stated)
        true = true_answers(table, form.name, task, targets, outputs.labels)
        original = Original(estimator, task, targets, form.name)
        if hands_on_frames:
            lay_out_last_steps(rewritten)
        asked = frame.iloc[places]
        rows = json_rows(asked, features)
        answers = original.sound_answers(asked, rows, features)
        made, refused = original.answers_to_made(made_rows(asked, features), rows[0], features)
        features = without_refused(features, refused)
    parameters = plain_parameters(rewritten.get_params(deep=False))

    def differing(candidate: Any) -> int:
        return _differing(candidate, rows, answers, as_manifest(task, features, targets))

    try:
        rewritten = with_types(rewritten, types, whole, all(one.kind == "number" for one in features), differing)
    except Exception as error:
        raise UnpackableArtifact(needs_frame(error)) from error
    with without_caches(rewritten):
        joblib.dump(rewritten, copied)
    _write(
        folder,
        rows=[*rows, *(values for _, values, _ in made)],
        answers=[*answers, *(answer for _, _, answer in made)],
        true=None if true is None else [true[place] for place in places],
    )
    return FrameInspected(
        Inspected(
            task=task,
            estimator=estimator_name(estimator, searched),
            parameters=parameters,
            searched=tuple(searched),
            features=tuple(features),
            is_guessed=False,
            targets=targets,
            labels=tuple(tuple(map(str, labels)) for labels in outputs.labels),
            made_up=made_up,
            examples=(Example.of(rows[0], answers[0]),),
            runtime=versions_in_use(),
        ),
        rows=len(rows),
        made=tuple(features[row.place].name for row, _, _ in made),
        table_rows=len(table),
        unused=tuple(unused),
        unneeded=tuple(name for name in frame.columns if name not in names),
    )


def _described(
    rewritten: Any, frame: "pd.DataFrame", names: Sequence[str], form: TableForm
) -> "tuple[list[Feature], pd.DataFrame]":
    """The features of the columns of these names, and the frame with the gaps that the model knows."""
    known, domains = known_columns(rewritten, len(names)), domains_of(rewritten)
    features = [
        feature_of(frame[name], known[place], domains.get(place), form.allow_unknown)
        for place, name in enumerate(names)
    ]
    changed = {feature.name: normalised(frame[feature.name], feature) for feature in features}
    return features, frame.assign(**changed)


def _differing(candidate: Any, rows: Sequence[Sequence[Any]], answers: Answers, manifest: Any) -> int:
    """How many of the first answers differ from the original's; whatever the model raises over them passes through."""
    array = typed_rows(rows[:LOOKED_AT], manifest.features)
    candidate.predict(array)
    # As many as the original was asked at once, for sums of other sizes may be made in another order.
    array = array if len(rows) <= LOOKED_AT else typed_rows(rows, manifest.features)
    found = compared(answers, Predictor(manifest, FittedEstimator(candidate)).predict(array))
    return int(found["inexact"])


def _write(folder: Path, **documents: Any) -> None:
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
