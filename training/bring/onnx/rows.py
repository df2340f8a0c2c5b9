"""The features of a graph and the rows that it is asked: of an example, or of a table with its kinds and true answers.

Runs in the isolated process; pandas is imported for a table alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from handler.api.body.instances import parse_body, to_rows
from handler.errors.request import RequestError
from handler.records.signature import Feature, Target, Task, Value
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.held.refused import Refused
from training.bring.naming import lists_in_order, names_in_order
from training.bring.onnx.inputs import Taken, own_names, with_kinds, with_widths
from training.bring.stated import Stated

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Asked:
    """What is asked. `inputs` are in the order of the features, `values` the rows as a request has them, `typed` the
    same as the model gets them. The order of the features `is_guessed` where only the example gives it, and
    `is_in_order` where the inputs have other names; `table` is the whole table, of which `places` are asked."""

    inputs: tuple[Taken, ...]
    features: tuple[Feature, ...]
    values: list[list[Value]]
    typed: NDArray[Any]
    is_guessed: bool = False
    is_in_order: bool = False
    unused: tuple[str, ...] = ()
    table: Any = None
    places: tuple[int, ...] = ()

    def true_answers(self, name: str, task: Task, targets: Sequence[Target], labels: Any) -> list[Any] | None:
        """The true answers to the rows, of the table that the person calls `name`; None where there is none."""
        if self.table is None:
            return None
        from training.bring.frames.table_of_model.targets import true_answers

        found = true_answers(self.table, name, task, targets, labels)
        return None if found is None else [found[place] for place in self.places]


def asked_example(inputs: Sequence[Taken], stated: Stated) -> Asked:
    """The rows of the example; raises UnpackableArtifact or Refused."""
    own = own_names(inputs)
    if stated.features is None and own:
        names, is_guessed = own, False
    else:
        names, is_guessed = names_in_order([], stated.features, stated.rows)
    laid_out = with_widths(inputs, names)
    rows = [[_as_float(value) for value in row] for row in lists_in_order(stated.rows, names)]
    features = stated.features or tuple(Feature(name, "number") for name in names)
    gaps = [any(value is None for value in column) for column in zip(*rows, strict=True)]
    features = tuple(
        replace(feature, nullable=feature.nullable or gap) for feature, gap in zip(features, gaps, strict=True)
    )
    features = with_kinds(features, laid_out, _are_stated(stated))
    return Asked(
        laid_out,
        features,
        rows,
        _typed(rows, features, "the example"),
        is_guessed=is_guessed,
        is_in_order=bool(own) and set(own) != set(names),
    )


def asked_table(inputs: Sequence[Taken], stated: Stated, form: TableForm) -> Asked:
    """The rows of the table, whose columns say the kinds of the features; raises UnpackableArtifact or Refused."""
    from training.bring.frames.table_of_model.kinds import json_rows, normalised
    from training.bring.frames.table_of_model.reading import columns_of_model, drawn, read_table

    table = read_table(form)
    own = own_names(inputs)
    names = [feature.name for feature in stated.features or ()]
    if not names and {*own} <= {*table.columns}:
        names = own
    open_ones = any(taken.width is None for taken in inputs)
    needed = range(len(names)) if names else () if open_ones else range(sum(taken.width or 0 for taken in inputs))
    frame, unused = columns_of_model(table, form, names, needed, stated.targets)
    is_guessed = not names
    names = names or [str(name) for name in frame.columns]
    frame = frame[names]
    laid_out = with_widths(inputs, names)
    by_name = {feature.name: feature for feature in stated.features or ()}
    found = tuple(_of_column(frame[name], by_name.get(name), form.allow_unknown) for name in names)
    features = with_kinds(found, laid_out, stated=True)
    places = drawn(len(table))
    asked = frame.iloc[places]
    asked = asked.assign(**{feature.name: normalised(asked[feature.name], feature) for feature in features})
    values = json_rows(asked, features)
    return Asked(
        laid_out,
        features,
        values,
        _typed(values, features, form.name),
        is_guessed=is_guessed,
        is_in_order=not is_guessed and bool(own) and set(own) != set(names),
        unused=tuple(unused),
        table=table,
        places=tuple(places),
    )


def _of_column(series: "pd.Series[Any]", stated: Feature | None, allow_unknown: bool) -> Feature:
    """The feature that a column is, with what the person says of it."""
    from training.bring.frames.table_of_model.kinds import feature_of
    from training.bring.frames.table_of_model.known import Known

    if stated is None:
        return feature_of(series, Known(), None, allow_unknown)
    known = Known(
        categories=list(stated.categories) or None,
        takes_unknown=not stated.categories or stated.allow_unknown,
        is_text=stated.kind == "text",
    )
    if stated.kind == "boolean":
        series = series.astype(bool) if not series.isna().any() else series.map({0: False, 1: True})
    found = feature_of(series, known, stated.domain, allow_unknown or stated.allow_unknown)
    return replace(found, nullable=found.nullable or stated.nullable)


def _are_stated(stated: Stated) -> bool:
    """Whether the person gave kinds, and not names alone, which are numbers."""
    return any(feature != Feature(feature.name, "number") for feature in stated.features or ())


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _typed(values: Sequence[Sequence[Any]], features: Sequence[Feature], name: str) -> NDArray[Any]:
    """The rows by the very code that reads a request; raises Refused where the API would not take one."""
    try:
        return to_rows(parse_body(json.dumps({"instances": values})), features)
    except RequestError as error:
        problems = getattr(error, "problems", ())
        if not problems:
            raise Refused(f"The API would not take the rows of {name}: {error}") from error
        place = f"row {problems[0].row} of {name}, {problems[0].feature!r}"
        raise Refused(
            f"The API would not take {place}: {problems[0].problem}. Correct the value, or say with --features in a "
            "JSON file what the model takes."
        ) from error
