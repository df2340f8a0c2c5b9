"""What a client may know of the model that serves: GET /health says which one it is, GET /model what it takes."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from handler.api.routes.route import Call
from handler.records.signature import Feature, Target
from handler.registry.manifest import Manifest

if TYPE_CHECKING:
    from handler.api.contract.operations import DescribedService
    from handler.api.contract.shown_example import ShownExample

HEALTH = "Whether a model is served, and which"
MODEL = "What the model takes, answers, and was measured at"

NOT_FOR_CLIENTS = ("artifacts", "training", "example", "more_examples", "more_targets", "drift")
OF_NO_USE = {Feature: ("gap", "counts"), Target: ("quantiles", "answers", "confidence")}
"""Fields that say nothing to a client, who sends null whatever the model gets for it; the rest is for the monitor."""


def health(call: Call) -> dict[str, Any]:
    """The model that serves; where none does, the error says why."""
    return {"status": "ok", "model": model_summary(call.services.predictor().manifest)}


def model(call: Call) -> dict[str, Any]:
    """The manifest of the model that serves, as far as clients may see it."""
    from handler.api.contract.shown_example import shown_example

    predictor = call.services.predictor()
    return visible_manifest(predictor.manifest, shown_example(predictor))


def health_operation(_: "DescribedService") -> dict[str, Any]:
    """GET /health in the contract."""
    from handler.api.contract.operations import reads
    from handler.api.contract.schema_parts import ref

    return reads("health", HEALTH, ref("Health"))


def model_operation(_: "DescribedService") -> dict[str, Any]:
    """GET /model in the contract."""
    from handler.api.contract.operations import reads
    from handler.api.contract.schema_parts import ref

    return reads("model", MODEL, ref("Manifest"))


def model_summary(manifest: Manifest) -> dict[str, str]:
    """Which model answered: its name, its version and its artifact's digest."""
    return {"name": manifest.name, "version": manifest.version, "sha256": manifest.artifact.sha256}


def visible_manifest(manifest: Manifest, example: "ShownExample") -> dict[str, Any]:
    """The manifest without its real rows, for which `example` stands, and without what only says where the training
    data lies or how the registry keeps files."""
    document = {name: value for name, value in asdict(manifest).items() if name not in NOT_FOR_CLIENTS}
    targets = [_of_use(target) for target in manifest.targets]
    return document | {
        "features": [_of_use(feature) for feature in manifest.features],
        "target": targets[0],
        "format_version": manifest.format_version,
        "targets": targets,
        "example": asdict(example),
        "sha256": manifest.artifact.sha256,
        "estimator": manifest.training.estimator,
        # Relative to this answer's own address, below a stage's prefix as anywhere.
        "report": "report",
    }


def _of_use(record: Feature | Target) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if name not in OF_NO_USE[type(record)]}
