"""A second engine, as a project that needs one would write it: a linear model kept as JSON, computed by nothing but
numpy."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import Engine, LoadedModel
from handler.errors.model import UnloadableArtifact
from handler.records.signature import Example, Feature, Target
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import ArtifactFile, Manifest, Training, sha256, version_of
from tests.unit.handler.models import MOMENT, Version

FORM = "linear"


class LinearModel(LoadedModel):
    """Scores that are linear in the features; the largest one's class is the answer."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.classes = document["classes"]
        self.weights = np.array(document["weights"])

    def predict(self, rows: NDArray[Any]) -> Any:
        return np.array(self.classes)[(rows @ self.weights).argmax(axis=1)]

    def predict_proba(self, rows: NDArray[Any]) -> Any:
        powers = np.exp(rows @ self.weights)
        return powers / powers.sum(axis=1, keepdims=True)


class LinearEngine(Engine):
    """Linear models as JSON."""

    name = FORM

    def load(self, artifact: VerifiedArtifact) -> LinearModel:
        try:
            return LinearModel(json.loads(artifact.data))
        except (ValueError, KeyError) as error:
            raise UnloadableArtifact(f"{artifact.manifest.version} is no linear model: {error!r}.") from error


def linear_version(runtime: dict[str, str]) -> Version:
    """A classifier of two numbers in this form."""
    data = json.dumps({"classes": ["low", "high"], "weights": [[1.0, 0.0], [0.0, 1.0]]}).encode()
    share = float(np.exp(2.0) / (np.exp(2.0) + np.exp(1.0)))
    manifest = Manifest(
        name="line",
        version=version_of(MOMENT, sha256(data)),
        created_at=MOMENT.isoformat(),
        task="classification",
        artifacts={FORM: ArtifactFile("model.json", len(data), sha256(data))},
        features=(Feature("a", "number"), Feature("b", "number")),
        target=Target("level", ("low", "high")),
        metrics={},
        runtime=runtime,
        training=Training("made by a test", "0" * 64, 1, "LinearModel", {}, None, None),
        example=Example((1.0, 2.0), "high", 1, {"low": 1 - share, "high": share}),
    )
    return Version(manifest, data)
