"""Estimators as bytes: those of the tests are small, and a small artifact is held in memory."""

from typing import Any

from training.folder import writing


def dump_estimator(estimator: Any) -> bytes:
    """The bytes that `train` would write of `estimator`."""
    content = writing.dump_estimator(estimator)
    assert isinstance(content, bytes)
    return content
