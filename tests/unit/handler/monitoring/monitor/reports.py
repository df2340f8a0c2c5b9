"""Reports as the monitor gets them, with a verdict that a test names."""

from handler.monitoring.drift.report import Comparison, DriftReport, Verdict

VERSION, NEXT_VERSION = "20260101T000000Z-01234567", "20260201T000000Z-89abcdef"


def comparison(name: str, psi: float, verdict: Verdict) -> Comparison:
    """One feature of numbers, with one bin."""
    return Comparison(
        name, "feature", verdict, ("any",), (), (1.0,), (1,), False, 1, psi, 0.1, 0.1, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0
    )


def report(verdict: Verdict, version: str = VERSION, psi: float = 0.5, name: str = "age") -> DriftReport:
    """A report with one feature, which has the verdict too."""
    began, ended = "2026-01-31T00:00:00+00:00", "2026-02-01T00:00:00+00:00"
    found = (comparison(name, psi, verdict),)
    return DriftReport("churn", version, began, ended, 3, 10, 10, 1000, 0.01, verdict, found)
