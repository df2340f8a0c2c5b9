"""Makes the twin of a model: a graph of its estimator that passes the gate."""

from collections.abc import Iterable, Sequence
from itertools import chain

from handler.engines.scikit_learn import ScikitLearn
from handler.records.signature import Value
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import CODE
from training.errors import NoTwin
from training.twin.conversion import Graph, candidates
from training.twin.gate import SECONDS, Gate
from training.twin.outcome import OWN_CODE, Outcome, Twin, WithoutTwin


def twin_of(artifact: VerifiedArtifact, real: Sequence[Sequence[Value]], seed: int) -> Outcome:
    """The twin of `artifact`, a model as joblib has it, or why there is none; `real` are rows that it was not fitted
    to, with gaps as None."""
    try:
        return make_twin(artifact, real, seed)
    except NoTwin as reason:
        return WithoutTwin(str(reason))


def make_twin(artifact: VerifiedArtifact, real: Sequence[Sequence[Value]], seed: int, seconds: float = SECONDS) -> Twin:
    """The twin of `artifact`, compared within `seconds`; raises NoTwin with the reason."""
    manifest = artifact.manifest
    if CODE in manifest.artifacts:
        raise NoTwin(OWN_CODE.reason)
    model = ScikitLearn().load(artifact)
    graphs = candidates(model.estimator, manifest.task, manifest.features, manifest.targets)
    first = next(graphs)  # before any row is asked: many models have none
    gate = Gate(model, manifest, real, seed, seconds)
    return first_admitted(chain((first,), graphs), gate)


def first_admitted(graphs: Iterable[Graph], gate: Gate) -> Twin:
    """The first of `graphs` that passes `gate`; raises NoTwin with the reason of the last where none does."""
    refused = NoTwin("It has no graph.")
    for graph in graphs:
        try:
            parity = gate.admit(graph)
        except NoTwin as reason:
            refused = reason
        else:
            return Twin(graph.data, graph.input, parity, gate.boundary.thresholds, gate.boundary.crossed)
    raise refused
