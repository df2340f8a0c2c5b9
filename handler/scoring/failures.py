"""What can stand in the way of scoring apart from the rows: who asked is told by these, and no row is at fault."""

from handler.errors.base import SklearnOnLambdaError


class BrokenChunk(SklearnOnLambdaError):
    """The chunk can never be scored as it is. The text says why, and quotes no value of it."""


class PassingFailure(SklearnOnLambdaError):
    """No answer came from where the model, or the chunk, is: the same may go well a moment later."""


class InvalidItem(SklearnOnLambdaError):
    """What names the chunk is not of the form that it must have, or names a place that it may not."""
