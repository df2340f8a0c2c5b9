"""Says why a rewritten model does not answer arrays: which step it is that needs a DataFrame, and what to write.

Runs in the isolated process that loaded the model.
"""

from types import TracebackType
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.preprocessing import FunctionTransformer


def needs_frame(error: BaseException) -> str:
    """A sentence on `error`, which a rewritten model raised over an array where the model as it was loaded answered."""
    step = _step_of(error.__traceback__)
    if isinstance(step, FunctionTransformer):
        name = getattr(step.func, "__name__", "its function")
        return (
            f"FunctionTransformer({name}) works on a DataFrame alone, and Lambda has no pandas: it raises "
            f"{type(error).__name__} on an array. Write {name} so that it takes an array, by positions "
            "(x[:, 0] in place of x['name']) and functions of numpy, and fit again; or do that step before the request."
        )
    if step is not None and not type(step).__module__.startswith("sklearn."):
        name = type(step).__name__
        return (
            f"{name} works on a DataFrame alone, and Lambda has no pandas: it raises {type(error).__name__} on an "
            f"array. Let {name}.transform take an array, and choose columns by position, and fit again."
        )
    where = "" if step is None else f" in {type(step).__name__}"
    return (
        f"The model answers the DataFrame and not the same rows as an array: {type(error).__name__}{where}. Fit it to "
        "frame.to_numpy(), with steps that choose columns by position."
    )


def _step_of(trace: TracebackType | None) -> Any:
    """The innermost step of the model that was at work."""
    found = None
    while trace is not None:
        held = trace.tb_frame.f_locals.get("self")
        if isinstance(held, BaseEstimator):
            found = held
        trace = trace.tb_next
    return found
