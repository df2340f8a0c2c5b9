"""Makes of a model that chooses columns by their names one that chooses them by their positions.

A fitted ColumnTransformer knows the positions that its names, slices, masks and selectors meant at fit; on an array
they choose the same columns. What only a DataFrame has is dropped: names, `set_output`, objects of pandas.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from handler.engines.fitted_parts import fitted_parts
from training.bring.frames.rewriting.pandas_objects import without_pandas
from training.folder.column_steps import parts_given_all


def chosen_by_position(estimator: Any, hands_on_frames: bool = False) -> None:
    """Rewrite a fitted model in place, so that it answers arrays whose columns are in the order that it was fitted to.

    Its parameters are rewritten too: nothing of pandas is left in it that holds values. `hands_on_frames` says that its
    transformers gave DataFrames whatever they say themselves.
    """
    parts = list(fitted_parts(estimator))
    for part in parts:
        if isinstance(part, Pipeline):
            _lay_out(part, hands_on_frames)
    for part in parts:
        if isinstance(part, ColumnTransformer) and hasattr(part, "transformers_"):
            places = {name: places_of(part, name) for name, _, _ in part.transformers_}
            choose(part, places)
    for part in parts:
        state = vars(part)
        _forget_names(state)
        for name in list(state):
            state[name] = without_pandas(state[name])


def places_of(transformer: Any, name: str) -> list[int]:
    """The positions of the columns that a fitted ColumnTransformer gives to its step `name`."""
    return [int(place) for place in transformer._transformer_to_input_indices[name]]


def choose(transformer: Any, places: dict[str, list[int]]) -> None:
    """Let each step of a fitted ColumnTransformer have the columns at `places`, and a scalar stay a scalar."""
    is_single = {name: np.isscalar(chosen) for name, _, chosen in transformer.transformers_}

    def chosen(name: str) -> Any:
        return places[name][0] if is_single[name] and places[name] else list(places[name])

    transformer.transformers_ = [(name, step, chosen(name)) for name, step, _ in transformer.transformers_]
    transformer.transformers = [
        (name, step, chosen(name) if name in places else before) for name, step, before in transformer.transformers
    ]
    state = vars(transformer)
    state["_columns"] = [before for _, _, before in transformer.transformers]
    state["_transformer_to_input_indices"] = {
        **{name: list(now) for name, now in state["_transformer_to_input_indices"].items()},
        **{name: list(now) for name, now in places.items()},
    }
    if "_remainder" in state:
        name, step, _ = state["_remainder"]
        state["_remainder"] = (name, step, list(state["_transformer_to_input_indices"].get("remainder", [])))


def is_by_name(estimator: Any) -> bool:
    """Whether a fitted model holds what only works on a DataFrame, or was told to answer with one."""
    return any(
        isinstance(part, ColumnTransformer)
        and any(_is_name(chosen) for _, _, chosen in getattr(part, "transformers_", []))
        for part in fitted_parts(estimator)
    )


def used_places(estimator: Any, width: int) -> list[int]:
    """The columns that a rewritten model has any use for: all, unless only ColumnTransformers meet its input."""
    meeting = _meeting_input(estimator)
    if meeting is None or any(part.n_features_in_ != width for part in meeting):
        return list(range(width))
    used = {
        place
        for part in meeting
        for name, step, _ in part.transformers_
        if not (isinstance(step, str) and step == "drop")
        for place in places_of(part, name)
    }
    return sorted(used)


def keep_places(estimator: Any, kept: Sequence[int]) -> None:
    """Rewrite a rewritten model once more, so that it takes the columns of `used_places` alone, in their order."""
    meeting = _meeting_input(estimator)
    if meeting is None:
        return
    width = meeting[0].n_features_in_
    now = {before: place for place, before in enumerate(kept)}
    for part in meeting:
        choose(
            part, {name: [now[at] for at in places_of(part, name) if at in now] for name, _, _ in part.transformers_}
        )
        state = vars(part)
        state["_transformer_to_input_indices"] = {name: places_of(part, name) for name, _, _ in part.transformers_}
    inside = {id(part) for part in meeting}
    for part in _handing_on(estimator):
        if vars(part).get("n_features_in_") == width or id(part) in inside:
            part.n_features_in_ = len(kept)


def _lay_out(pipeline: Pipeline, hands_on_frames: bool) -> None:
    """Let what a last step was given as a DataFrame come to it column by column in memory, as that came.

    Sums are then made in the same order, and are the same to the last digit.
    """
    steps = [step for _, step in pipeline.steps[:-1] if not isinstance(step, str) and step is not None]
    last = steps[-1] if steps else None
    while isinstance(last, Pipeline):
        last = last.steps[-1][1]
    told = getattr(last, "_sklearn_output_config", {}).get("transform")
    if steps and told != "default" and (told is not None or hands_on_frames):
        columns = FunctionTransformer(np.asarray, kw_args={"order": "F"})
        pipeline.steps = [*pipeline.steps[:-1], ("columns", columns), pipeline.steps[-1]]


def _is_name(chosen: Any) -> bool:
    if isinstance(chosen, slice):
        return isinstance(chosen.start, str) or isinstance(chosen.stop, str)
    return isinstance(chosen, str) or (hasattr(chosen, "__len__") and any(isinstance(one, str) for one in chosen))


def _forget_names(state: dict[str, Any]) -> None:
    for name in ("feature_names_in_", "_sklearn_output_config"):
        state.pop(name, None)


def _meeting_input(estimator: Any) -> list[Any] | None:
    """The ColumnTransformers that are given the model's input; None where another step is given it too."""
    met: list[Any] = []
    for part in _handing_on(estimator):
        if isinstance(part, ColumnTransformer):
            met.append(part)
        elif _inner(part) is None:
            return None
    return met or None


def _handing_on(estimator: Any) -> list[Any]:
    """The parts that are given the model's input as it came, `estimator` first."""
    found, waiting = [], [estimator]
    while waiting:
        part = waiting.pop()
        found.append(part)
        waiting.extend(_inner(part) or [])
    return found


def _inner(part: Any) -> list[Any] | None:
    """The parts that `part` gives its own input to, if it does nothing else with it; else None."""
    if isinstance(part, Pipeline):
        first = next((step for _, step in part.steps if step is not None and not isinstance(step, str)), None)
        return None if first is None else [first]
    if getattr(part, "passthrough", False) or hasattr(part, "_preprocessor"):
        return None
    inner = parts_given_all(part)
    return None if not inner or any(isinstance(one, str) for one in inner) else inner
