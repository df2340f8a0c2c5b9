"""Why a brought model cannot be served."""

NOT_FITTED = "It was not fitted: call fit(X, y), and dump it after that."


class Refused(Exception):
    """The model cannot be served; the text says why and what to do."""
