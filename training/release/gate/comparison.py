"""The gate: a new version against the one that serves, on the same rows held out."""

from handler.errors.model import AliasNotSet, RegistryNotFound
from handler.registry.chain import VerifiedArtifact, read_alias, read_artifact, read_manifest
from handler.registry.manifest import Manifest
from handler.registry.store import Store
from training.errors import UnprovedArtifact
from training.fit.description import DEFAULT_GATE, GateSpec
from training.fit.held_out import HeldOut
from training.release.gate.check import Check, Comparison
from training.release.gate.contract import same_contract
from training.release.gate.examples import NO_ROWS, on_examples
from training.release.gate.measurement import Measurement, measure_version

ANY_LATENCY = 10.0
"""Milliseconds for a row that are not noticed behind API Gateway, whatever the version that serves takes."""

ANY_SIZE = 5 * 1024 * 1024
"""Bytes whose reading does not lengthen a cold start, whatever the version that serves has."""


def served_version(store: Store, alias: str) -> VerifiedArtifact | None:
    """What serves as `alias`, verified and not unpickled, or None; raises a ModelUnavailable where it is not sound."""
    try:
        named = read_alias(store, alias)
    except (AliasNotSet, RegistryNotFound):
        return None
    return read_artifact(store, read_manifest(store, named.version, named.manifest_sha256))


def compare(new: VerifiedArtifact, held_out: HeldOut | None, served: VerifiedArtifact | None) -> Comparison:
    """Compare `new` with `served` by the gate of `held_out`; raises UnprovedArtifact where `new` cannot answer.

    A model that was brought without a table has no rows held out, and is compared on what can be.
    """
    served_name = served.manifest.version if served else None
    if held_out is None:
        if served is not None and not _knows_its_data(new.manifest):
            return Comparison(new.manifest.version, served_name, 0, tuple(_without_rows(new, served)), NO_ROWS)
        checks = [Check("rows held out", "none in the folder", "", "some, to compare on", served is None)]
        return Comparison(new.manifest.version, served_name, 0, tuple(checks))
    if held_out.artifact_sha256 != new.manifest.artifact.sha256:
        raise UnprovedArtifact("The rows held out in the folder belong to another artifact: train again.")
    checks = []
    gate = held_out.gate
    if served is None and gate.minimum is None:
        return Comparison(new.manifest.version, None, len(held_out.rows), ())
    ours = measure_version(new, held_out)
    if gate.minimum is not None and ours.metric is not None:
        checks.append(
            _check(held_out.metric, ours.metric, None, f"at least {gate.minimum:.4g}", ours.metric >= gate.minimum)
        )
    if served is not None:
        checks += same_contract(new.manifest, served.manifest)
        try:
            theirs = measure_version(served, held_out)
        except UnprovedArtifact as error:
            checks.append(Check("comparable", "yes", str(error), "both answer the rows", False))
        else:
            checks += _against(ours, theirs, gate, held_out.metric)
    return Comparison(new.manifest.version, served_name, len(held_out.rows), tuple(checks))


def _knows_its_data(manifest: Manifest) -> bool:
    """Whether the folder had rows when it was written: one that lost them is not let through for that."""
    return bool(manifest.training.dataset_sha256)


def _without_rows(new: VerifiedArtifact, served: VerifiedArtifact) -> list[Check]:
    checks, ours, theirs = on_examples(new, served)
    checks = [*same_contract(new.manifest, served.manifest), *checks]
    if ours is not None and theirs is not None:
        checks.append(_latency(ours, theirs, DEFAULT_GATE))
    return [*checks, _size(new.manifest.artifact.bytes, served.manifest.artifact.bytes, DEFAULT_GATE)]


def _against(ours: Measurement, theirs: Measurement, gate: GateSpec, metric: str) -> list[Check]:
    checks = []
    if ours.metric is not None and theirs.metric is not None:
        checks.append(_not_worse(metric, ours.metric, theirs.metric, gate))
    if ours.outliers is not None and theirs.outliers is not None:
        checks.append(_check("share of outliers", ours.outliers, theirs.outliers, "not judged", True))
    for name, value in ours.of_targets.items():
        checks.append(_not_worse(name, value, theirs.of_targets[name], gate))
    if ours.calibration is not None and theirs.calibration is not None:
        most = theirs.calibration + gate.calibration
        fine = ours.calibration <= most
        checks.append(_check("calibration error", ours.calibration, theirs.calibration, f"at most {most:.4g}", fine))
    if ours.has_probabilities != theirs.has_probabilities:
        we_have, they_have = ("yes" if measured.has_probabilities else "no" for measured in (ours, theirs))
        checks.append(Check("probabilities", we_have, they_have, "the same", False))
    return [
        *checks,
        _latency(ours.milliseconds, theirs.milliseconds, gate),
        _size(ours.bytes, theirs.bytes, gate),
    ]


def _not_worse(metric: str, ours: float, theirs: float, gate: GateSpec) -> Check:
    least = theirs - gate.worse * abs(theirs)
    return _check(metric, ours, theirs, f"at least {least:.4g}", ours >= least)


def _latency(ours: float, theirs: float, gate: GateSpec) -> Check:
    slowest = max(ANY_LATENCY, gate.latency * theirs)
    return _check("ms for a row", ours, theirs, f"at most {slowest:.4g}", ours <= slowest)


def _size(ours: int, theirs: int, gate: GateSpec) -> Check:
    largest = max(ANY_SIZE, gate.size * theirs)
    return Check("bytes", f"{ours:,}", f"{theirs:,}", f"at most {int(largest):,}", ours <= largest)


def _check(name: str, new: float, served: float | None, allowed: str, passed: bool) -> Check:
    return Check(name, f"{new:.4g}", "" if served is None else f"{served:.4g}", allowed, passed)
