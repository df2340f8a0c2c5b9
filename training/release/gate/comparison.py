"""The gate: a new version against the one that serves, on the same rows held out."""

import json
from dataclasses import asdict, dataclass

from handler.errors.model import AliasNotSet, RegistryNotFound
from handler.registry.chain import VerifiedArtifact, read_alias, read_artifact, read_manifest
from handler.registry.manifest import Manifest
from handler.registry.store import Store
from training.errors import UnprovedArtifact
from training.fit.description import GateSpec
from training.fit.held_out import HeldOut
from training.release.gate.measurement import Measurement, measure_version

ANY_LATENCY = 10.0
"""Milliseconds for a row that are not noticed behind API Gateway, whatever the version that serves takes."""

ANY_SIZE = 5 * 1024 * 1024
"""Bytes whose reading does not lengthen a cold start, whatever the version that serves has."""


@dataclass(frozen=True)
class Check:
    """One thing compared, in words for a table: of the new version, of the one that serves, and what is allowed."""

    name: str
    new: str
    served: str
    allowed: str
    passed: bool


@dataclass(frozen=True)
class Comparison:
    """All that was compared, on how many rows; `served` is None where nothing serves yet."""

    version: str
    served: str | None
    rows: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def to_json(self, forced_by: str | None = None, reason: str | None = None) -> str:
        """The record that is published beside the version, with who forced it and why, where it did not pass."""
        forced = {"by": forced_by, "reason": reason} if forced_by else None
        return (
            json.dumps({**asdict(self), "passed": self.passed, "forced": forced}, indent=2, ensure_ascii=False) + "\n"
        )


def served_version(store: Store, alias: str) -> VerifiedArtifact | None:
    """What serves as `alias`, verified and not unpickled, or None; raises a ModelUnavailable where it is not sound."""
    try:
        named = read_alias(store, alias)
    except (AliasNotSet, RegistryNotFound):
        return None
    return read_artifact(store, read_manifest(store, named.version, named.manifest_sha256))


def compare(new: VerifiedArtifact, held_out: HeldOut | None, served: VerifiedArtifact | None) -> Comparison:
    """Compare `new` with `served` by the gate of `held_out`; raises UnprovedArtifact where `new` cannot answer."""
    served_name = served.manifest.version if served else None
    if held_out is None:
        checks = [Check("rows held out", "none in the folder", "", "some, to compare on", served is None)]
        return Comparison(new.manifest.version, served_name, 0, tuple(checks))
    if held_out.artifact_sha256 != new.manifest.artifact.sha256:
        raise UnprovedArtifact("The rows held out in the folder belong to another artifact: train again.")
    checks = []
    gate = held_out.gate
    if served is None and gate.minimum is None:
        return Comparison(new.manifest.version, None, len(held_out.rows), ())
    ours = measure_version(new, held_out)
    if gate.minimum is not None:
        checks.append(
            _check(held_out.metric, ours.metric, None, f"at least {gate.minimum:.4g}", ours.metric >= gate.minimum)
        )
    if served is not None:
        checks += _same_contract(new.manifest, served.manifest)
        try:
            theirs = measure_version(served, held_out)
        except UnprovedArtifact as error:
            checks.append(Check("comparable", "yes", str(error), "both answer the rows", False))
        else:
            checks += _against(ours, theirs, gate, held_out.metric)
    return Comparison(new.manifest.version, served_name, len(held_out.rows), tuple(checks))


def _same_contract(new: Manifest, served: Manifest) -> list[Check]:
    """Whether clients of the version that serves can go on as they are."""
    ours, theirs = ({(f.name, f.kind) for f in manifest.features} for manifest in (new, served))
    differing = sorted({name for name, _ in ours ^ theirs})
    checks = [Check("features", f"{len(ours)}", f"{len(theirs)}", "the same", not differing)]
    if differing:
        shown = ", ".join(differing[:5]) + (", …" if len(differing) > 5 else "")
        checks = [Check("features", f"differ in {shown}", f"{len(theirs)}", "the same", False)]
    if new.task != served.task:
        checks.append(Check("task", new.task, served.task, "the same", False))
    elif new.task == "classification":
        same = new.target.classes == served.target.classes
        ours_named, theirs_named = (", ".join(manifest.target.classes[:5]) for manifest in (new, served))
        checks.append(Check("classes", ours_named, theirs_named, "the same", same))
    return checks


def _against(ours: Measurement, theirs: Measurement, gate: GateSpec, metric: str) -> list[Check]:
    least = theirs.metric - gate.worse * abs(theirs.metric)
    slowest = max(ANY_LATENCY, gate.latency * theirs.milliseconds)
    largest = max(ANY_SIZE, gate.size * theirs.bytes)
    checks = [_check(metric, ours.metric, theirs.metric, f"at least {least:.4g}", ours.metric >= least)]
    if ours.calibration is not None and theirs.calibration is not None:
        most = theirs.calibration + gate.calibration
        fine = ours.calibration <= most
        checks.append(_check("calibration error", ours.calibration, theirs.calibration, f"at most {most:.4g}", fine))
    if ours.has_probabilities != theirs.has_probabilities:
        we_have, they_have = ("yes" if measured.has_probabilities else "no" for measured in (ours, theirs))
        checks.append(Check("probabilities", we_have, they_have, "the same", False))
    fast = ours.milliseconds <= slowest
    checks.append(_check("ms for a row", ours.milliseconds, theirs.milliseconds, f"at most {slowest:.4g}", fast))
    small = ours.bytes <= largest
    checks.append(Check("bytes", f"{ours.bytes:,}", f"{theirs.bytes:,}", f"at most {int(largest):,}", small))
    return checks


def _check(name: str, new: float, served: float | None, allowed: str, passed: bool) -> Check:
    return Check(name, f"{new:.4g}", "" if served is None else f"{served:.4g}", allowed, passed)
