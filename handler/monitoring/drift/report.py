"""What was found in a window: one comparison for each feature and answer, and a verdict on all of them.

It holds counts and what follows from them, never a value that a client sent. How it is computed is in `compared`, what
people see of it in `page` and in `training drift`.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["drift", "none", "too_little_data", "no_traffic", "not_known"]
"""`too_little_data` is of rows that could not show a drift of the size of interest, `no_traffic` of none at all.
`not_known` is of a comparison for which the manifest has no counts, and of a report that has no other ones."""

Subject = Literal["feature", "answers", "confidence"]


@dataclass(frozen=True)
class Comparison:
    """One feature, or what was said of one target, `then` (the manifest's counts) and `now` (the window's).

    `labels` and `cuts` are those of its bins, in the order of the counts. `psi` is the population stability index of
    `compared_bins` bins; it counts as drift above both `floor` and `bound`, the most that chance gives. `distance` is
    the Jensen-Shannon distance (base 2, from 0 to 1); `chi_squared` and `p_value` are of the two-sample test. All of
    these are None where nothing is compared. `outside`, `null` and `unknown` are shares of the window's rows. `then` is
    `approximate` where it was made of quantiles, because an older manifest has no counts.
    """

    name: str
    of: Subject
    verdict: Verdict
    labels: tuple[str, ...]
    cuts: tuple[float, ...]
    then: tuple[float, ...]
    now: tuple[int, ...]
    approximate: bool
    compared_bins: int
    psi: float | None
    floor: float | None
    bound: float | None
    distance: float | None
    chi_squared: float | None
    p_value: float | None
    outside: float
    null: float
    unknown: float


@dataclass(frozen=True)
class DriftReport:
    """All comparisons of `version` between two times (ISO 8601, UTC; None where nothing was counted).

    `windows` is how many lines were read, `fitted_rows` the rows that the model was fitted to, where known.
    """

    model: str
    version: str
    began: str | None
    ended: str | None
    windows: int
    requests: int
    rows: int
    fitted_rows: int | None
    alpha: float
    verdict: Verdict
    comparisons: tuple[Comparison, ...]

    @property
    def worst_psi(self) -> float:
        """The largest index of any comparison, 0 where nothing was compared."""
        return max((each.psi for each in self.comparisons if each.psi is not None), default=0.0)

    @property
    def drifted(self) -> tuple[str, ...]:
        """What drifted: the names of features, and `answers: NAME` or `confidence: NAME` of targets."""
        found = [each for each in self.comparisons if each.verdict == "drift"]
        return tuple(each.name if each.of == "feature" else f"{each.of}: {each.name}" for each in found)

    def document(self) -> dict[str, Any]:
        """The report as JSON's objects and lists, with `worst_psi` and `drifted`."""
        return asdict(self) | {"worst_psi": self.worst_psi, "drifted": list(self.drifted)}
