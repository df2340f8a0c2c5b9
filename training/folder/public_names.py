"""The names by which people import scikit-learn's classes."""

from itertools import takewhile


def public_name(estimator: type) -> str:
    """The name that a user imports the class by: scikit-learn keeps each in a private module below its public one."""
    public = takewhile(lambda part: not part.startswith("_"), estimator.__module__.split("."))
    return ".".join([*public, estimator.__qualname__])
