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
from typing import TYPE_CHECKING, Any, cast

import joblib
import numpy as np

from handler.engines.versions import installed_versions
from handler.errors.request import RequestError
from handler.records.decoding import decode
from handler.records.signature import Example, Feature, Target, Task
from handler.registry.manifest import Manifest, Training
from handler.rows.dtype import typed_rows
from training.bring.estimator import Refused, classes_of, found_by_search, names_of, require_predictor
from training.bring.frames.rewriting.arrays_alone import needs_frame
from training.bring.frames.rewriting.casts import Types, cast_before, cast_blocks
from training.bring.frames.table_of_model.kinds import feature_of, json_values, normalised
from training.bring.frames.table_of_model.known import known_columns
from training.bring.frames.table_of_model.made_rows import MadeRow, made_rows, without_refused
from training.bring.frames.rewriting.positions import chosen_by_position, keep_places, used_places
from training.bring.frames.table_of_model.reading import TableForm, columns_of_model, read_table
from training.bring.frames.table_of_model.targets import true_answers
from training.bring.frames.truth import answers_to, as_fitted, types_on
from training.bring.inspection_process import Inspected, loaded
from training.bring.naming import class_names
from training.bring.stated import Stated
from training.errors import UnpackableArtifact
from training.folder.domains import domains_of
from training.folder.parameters import plain_parameters
from training.folder.places import without_caches

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 100_000
"""So many rows of the table are asked, drawn evenly where it has more."""

LOOKED_AT = 200
"""Rows on which the types within the model are found out."""


@dataclass(frozen=True)
class FrameInspected:
    """`rows` is how many of the table's were asked, `made` the changed column of each that was made beside them; the files that the caller
    named hold the rows, the original's answers to them and the true ones. `unused` are columns of the table that the
    model does not take, `unneeded` those that it takes and has no use for."""

    model: Inspected
    rows: int
    made: tuple[str, ...]
    table_rows: int
    unused: tuple[str, ...]
    unneeded: tuple[str, ...]


def main(name: str, model: str, copied: str, stated: dict[str, Any], form: dict[str, Any], folder: str) -> dict[str, Any]:
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
    original, searched = found_by_search(loaded(model))
    task = cast(Task, require_predictor(original))
    labels = classes_of(original) if task == "classification" else []
    texts = [str(label) for label in labels]
    classes = class_names(texts, stated.classes, [type(label).__name__ for label in labels]) if labels else ()
    table = read_table(form)
    width = getattr(original, "n_features_in_", None)
    frame, unused = columns_of_model(table, form, names_of(original), width, stated.targets)

    rewritten = copy.deepcopy(original)
    chosen_by_position(rewritten)
    used = used_places(rewritten, frame.shape[1])
    keep_places(rewritten, used)
    known = known_columns(rewritten, len(used))
    domains = domains_of(rewritten)
    features = [
        feature_of(frame.iloc[:, place], known[at], domains.get(at), form.allow_unknown)
        for at, place in enumerate(used)
    ]
    frame = frame.copy()
    for feature in features:
        frame[feature.name] = normalised(frame[feature.name], feature)

    places = drawn(len(frame))
    asked = frame.iloc[places]
    rows = json_rows(asked, features)
    target = Target(stated.targets[0], tuple(classes))
    with as_fitted(original, asked.iloc[:LOOKED_AT]):
        types, whole = _types_on(original, asked.iloc[:LOOKED_AT], form)
        answers = _answers(original, asked, rows, _as_manifest(task, features, target), form)
        made = made_rows(asked, features)
        features, made_answers, kept = _asked_made(original, made, rows[0], features, task, target)
        made_values = [values for _, values in kept]
    rewritten = _cast(rewritten, types, whole, features)
    _require_arrays(rewritten, rows, features)
    with without_caches(rewritten):
        joblib.dump(rewritten, copied)
    true = true_answers(table, form.name, task, [target], stated.targets, labels)
    _write(
        folder,
        rows=[*rows, *made_values],
        answers=[*answers, *made_answers],
        true=None if true is None else [true[place] for place in places],
    )
    return FrameInspected(
        Inspected(
            task=task,
            module=type(original).__module__,
            qualname=type(original).__qualname__,
            parameters=plain_parameters(original.get_params(deep=False)),
            searched=tuple(searched),
            features=tuple(features),
            is_guessed=False,
            labels=tuple(texts),
            classes=tuple(classes),
            examples=(Example.of(rows[0], answers[0]),),
            runtime=installed_versions(),
        ),
        rows=len(rows),
        made=tuple(features[row.place].name for row, _ in kept),
        table_rows=len(table),
        unused=tuple(unused),
        unneeded=tuple(str(frame.columns[place]) for place in range(frame.shape[1]) if place not in used),
    )


def drawn(count: int) -> list[int]:
    """The places of the rows that are asked, of `count`."""
    if count <= MOST_ROWS:
        return list(range(count))
    return [int(place) for place in np.linspace(0, count - 1, MOST_ROWS).round().astype(int)]


def json_rows(frame: "pd.DataFrame", features: Sequence[Feature]) -> list[list[Any]]:
    """The rows of `frame` as requests would have them, in the order of `features`."""
    columns = [json_values(frame[feature.name], feature) for feature in features]
    return [list(row) for row in zip(*columns, strict=True)]


def _types_on(original: Any, frame: "pd.DataFrame", form: TableForm) -> tuple[Types, str]:
    try:
        return types_on(original, frame)
    except Exception as error:
        raise UnpackableArtifact(
            f"The model, as it was loaded, does not answer {form.name}: its predict raises {type(error).__name__}. The "
            "table must be what it was fitted to: the same columns, of the same types. What was changed in a notebook "
            "(categories, texts, dates, booleans) a CSV does not keep: write that frame with "
            "frame.to_parquet('table.parquet'), and give it."
        ) from error


def _answers(
    original: Any, frame: "pd.DataFrame", rows: list[list[Any]], manifest: Manifest, form: TableForm
) -> list[dict[str, Any]]:
    try:
        return answers_to(original, frame, rows, manifest)
    except RequestError as error:
        raise UnpackableArtifact(f"The model, as it was loaded, has no sound answer to {form.name}. {error}") from error
    except Exception:
        # With the row, where one alone is to blame.
        for number in range(len(frame)):
            try:
                answers_to(original, frame.iloc[[number]], [rows[number]], manifest)
            except Exception as alone:
                raise UnpackableArtifact(
                    f"The model, as it was loaded, does not answer row {number} of {form.name}: it raises "
                    f"{type(alone).__name__}. Leave the row out, or correct it."
                ) from alone
        raise


def _asked_made(
    original: Any, made: list[MadeRow], base: list[Any], features: list[Feature], task: Task, target: Target
) -> tuple[list[Feature], list[dict[str, Any]], list[tuple[MadeRow, list[Any]]]]:
    """The features without what the model refuses; the original's answers to the other made rows, and these rows."""
    answers, kept, refused = [], [], []
    for row in made:
        values = [row.value if place == row.place else value for place, value in enumerate(base)]
        try:
            answers += answers_to(original, row.frame, [values], _as_manifest(task, features, target))
            kept.append((row, values))
        except Exception:  # noqa: BLE001 - whatever a model raises over a gap or a category, it does not take it
            refused.append(row)
    return without_refused(features, refused), answers, kept


def _cast(rewritten: Any, types: Types, whole: str, features: Sequence[Feature]) -> Any:
    """The model with the casts that its rows need: none where all it computes with are 64-bit numbers already."""
    numbers_alone = all(feature.kind == "number" for feature in features)
    if numbers_alone and {whole, *types.values()} <= {"float64", "object"}:
        return rewritten
    cast_blocks(rewritten, types)
    needs_whole = whole != "object" and (whole != "float64" or not numbers_alone)
    return cast_before(rewritten, whole) if needs_whole else rewritten


def _require_arrays(rewritten: Any, rows: list[list[Any]], features: Sequence[Feature]) -> None:
    try:
        with np.errstate(all="ignore"):
            rewritten.predict(typed_rows(rows[:LOOKED_AT], features))
    except Exception as error:
        raise UnpackableArtifact(needs_frame(error)) from error


def _as_manifest(task: Task, features: Sequence[Feature], target: Target) -> Manifest:
    """As much of a manifest as answers are made by."""
    training = Training("", "", 0, "", {}, None, None)
    return Manifest("", "", "", task, {}, tuple(features), target, {}, {}, training, Example((), 0.0))


def _write(folder: Path, **documents: Any) -> None:
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


