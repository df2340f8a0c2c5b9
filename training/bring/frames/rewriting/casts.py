"""Gives each branch of a ColumnTransformer a block of the type that it had on the DataFrame.

The handler's rows are one array, of objects where kinds are mixed; a DataFrame has a type for each column. A branch
whose columns were all numbers, or all booleans, gets an array of that type: so numpy's functions work on it, and 32-bit
floats are computed with as such.
"""

import contextlib
import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, _column_transformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from handler.engines.fitted_parts import fitted_parts

Types = dict[tuple[int, int], str]
"""Of the ColumnTransformers of a model, in the order of its parts, and of each's branches: the type that it got."""


@contextlib.contextmanager
def observed(estimator: Any) -> Iterator[Types]:
    """Within, note the type of each block that the ColumnTransformers of `estimator` give to their branches."""
    places = {
        id(step): (number, branch)
        for number, transformer in enumerate(_transformers(estimator))
        for branch, (_, step, _) in enumerate(transformer.transformers_)
        if not isinstance(step, str)
    }
    types: Types = {}
    module: Any = _column_transformer
    plain = module._transform_one

    def noting(transformer: Any, X: Any, *arguments: Any, **named: Any) -> Any:
        place = places.get(id(transformer))
        if place is not None:
            types[place] = block_type(X)
        return plain(transformer, X, *arguments, **named)

    module._transform_one = noting
    try:
        yield types
    finally:
        module._transform_one = plain


def block_type(block: Any) -> str:
    """The type of one array that holds the values of a frame, a series or an array as they are computed with.

    "float64" for whole numbers too, which JSON does not tell from others.
    """
    columns = (
        [block.iloc[:, place] for place in range(block.shape[1])]
        if hasattr(block, "iloc") and block.ndim == 2
        else [block]
    )
    types = {_array_type(column) for column in columns}
    if not types or any(one.kind not in "biuf" for one in types):
        return "object"
    common = np.result_type(*types)
    return common.name if common.kind in "bf" else "float64"


def with_types(rewritten: Any, types: Types, whole: str, numbers_alone: bool, differing: Callable[[Any], int]) -> Any:
    """A rewritten model with casts before the branches that had `types`, and before it all where the frame was `whole`.

    Where its rows are `numbers_alone`, 64-bit ones, as its blocks were, a cast only lays them out in memory as a frame
    does. It is then left out, unless fewer answers are `differing` with it: their last digits may depend on it.
    """
    if not (numbers_alone and {whole, *types.values()} <= {"float64", "object"}):
        needs_whole = whole != "object" and (whole != "float64" or not numbers_alone)
        cast = _with_casts(rewritten, types, whole if needs_whole else "object")
        differing(cast)
        return cast
    plain = differing(rewritten)
    if not plain:
        return rewritten
    whole_of_steps = whole if isinstance(rewritten, Pipeline) else "object"
    laid_out = _with_casts(copy.deepcopy(rewritten), types, whole_of_steps)
    return laid_out if differing(laid_out) < plain else rewritten


def _with_casts(rewritten: Any, types: Types, whole: str) -> Any:
    for number, transformer in enumerate(_transformers(rewritten)):
        branches = []
        for branch, (name, step, chosen) in enumerate(transformer.transformers_):
            kind = types.get((number, branch), "object")
            is_cast = kind != "object" and not isinstance(step, str)
            branches.append((name, _behind_cast(step, kind) if is_cast else step, chosen))
        transformer.transformers_ = branches
    return rewritten if whole == "object" else _behind_cast(rewritten, whole)


def _behind_cast(step: Any, kind: str) -> Any:
    """`step` behind a cast of its input to the type `kind`, laid out in memory as a frame is: column by column."""
    cast = FunctionTransformer(np.asarray, kw_args={"dtype": kind, "order": "F"})
    if isinstance(step, FunctionTransformer) and step.func is None:
        return cast
    if isinstance(step, Pipeline):
        step.steps = [("cast", cast), *step.steps]
        return step
    return Pipeline([("cast", cast), ("step", step)])


def _transformers(estimator: Any) -> list[Any]:
    return [
        part
        for part in fitted_parts(estimator)
        if isinstance(part, ColumnTransformer) and hasattr(part, "transformers_")
    ]


def _array_type(column: Any) -> np.dtype[Any]:
    kind: Any = getattr(column, "dtype", None)
    if isinstance(kind, np.dtype):
        return kind
    # A type of pandas' own: scikit-learn computes with the numbers in it, gaps as NaN.
    if getattr(kind, "kind", "O") in "biuf" and hasattr(kind, "numpy_dtype"):
        plain = np.dtype(kind.numpy_dtype)
        return np.dtype(np.float64) if plain.kind in "iu" or column.isna().any() else plain
    return np.asarray(column).dtype
