"""Makes the twin of a model: a graph of its estimator that passes the gate."""

from collections.abc import Sequence
from dataclasses import replace

from handler.engines.scikit_learn import FittedEstimator, ScikitLearn
from handler.engines.versions import installed_versions
from handler.records.signature import Value
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import CODE, ArtifactFile, Manifest, sha256
from training.errors import NoTwin
from training.twin.conversion import Graph, convert
from training.twin.gate import SECONDS, Gate
from training.twin.outcome import TWIN_FILE, TWIN_FORM, Outcome, Twin, WithoutTwin


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
        raise NoTwin("The model imports modules of its owner, which no converter knows.")
    model = ScikitLearn().load(artifact)
    graphs = candidates(model, manifest)
    gate = Gate(model, manifest, real, seed, seconds)
    refused = NoTwin()
    for graph in graphs:
        try:
            parity = gate.admit(graph)
        except NoTwin as reason:
            refused = reason
            continue
        return Twin(graph.data, graph.input, parity, gate.boundary.thresholds, gate.boundary.crossed)
    raise refused


def candidates(model: FittedEstimator, manifest: Manifest) -> list[Graph]:
    """The graphs to try, in their order; raises NoTwin."""
    return [convert(model.estimator, manifest.task, manifest.features, manifest.targets)]


def with_twin_file(manifest: Manifest, twin: Twin) -> Manifest:
    """`manifest` with the entry of the twin, and with the version of what runs it."""
    file = ArtifactFile(TWIN_FILE, len(twin.data), sha256(twin.data), twin.input, twin.parity)
    versions = {"onnxruntime": installed_versions("onnxruntime")["onnxruntime"]}
    return replace(
        manifest, artifacts={**manifest.artifacts, TWIN_FORM: file}, runtime={**manifest.runtime, **versions}
    )
