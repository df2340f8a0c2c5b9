"""A hook of schemathesis, run in `.tools/contract`: no valid request has a number too large to compute with in float32.

A twin computes in 32 bits as a rule, where a sum of products of the largest numbers overflows that 64 bits would hold.
Such rows are refused by `no_finite_answer`, as docs/client.md says, and no schema could tell them from others.
"""

from typing import Any

import schemathesis  # type: ignore[import-not-found] # in .tools/contract alone

LARGEST = 1e30


@schemathesis.hook  # type: ignore[untyped-decorator] # as above
def filter_case(context: Any, case: Any) -> bool:  # noqa: ARG001 - schemathesis gives both
    """Whether the case is sent."""
    meta = case.meta
    return meta is None or not meta.generation.mode.is_positive or moderate(case.body)


def moderate(value: Any) -> bool:
    """Whether no number in a JSON value is larger than LARGEST."""
    if isinstance(value, dict | list):
        return all(map(moderate, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, int | float) or abs(value) <= LARGEST
