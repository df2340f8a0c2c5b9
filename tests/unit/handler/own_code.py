"""Versions whose models hold objects of their owner's own modules, made without writing those modules anywhere."""

import importlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from handler.engines.own_code.modules import OwnModules
from handler.registry.chain import verify_artifact
from handler.registry.manifest import CODE, ArtifactFile, sha256
from handler.serving.predictor import Predictor, load_predictor
from tests.unit.handler.models import Version, version_with

SCALES = """
from sklearn.base import BaseEstimator, TransformerMixin

class Scales(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        {body}
"""
"""A module with a transformer, to be given what its transform does."""


@dataclass(frozen=True)
class VersionWithCode(Version):
    """A version with its code.zip."""

    code: bytes = b""

    def write(self, root: Path) -> Path:
        place = root / "versions" / self.manifest.version
        place.mkdir(parents=True, exist_ok=True)
        (place / "code.zip").write_bytes(self.code)
        return super().write(root)

    def load(self) -> Predictor:
        return load_predictor(verify_artifact(self.manifest, self.artifact, code=self.code))

    def with_code(self, code: bytes) -> "VersionWithCode":
        """The same model with other code, for which the manifest vouches."""
        artifacts = {**self.manifest.artifacts, CODE: ArtifactFile("code.zip", len(code), sha256(code))}
        return VersionWithCode(replace(self.manifest, artifacts=artifacts), self.artifact, code)


def zipped(modules: Mapping[str, str]) -> bytes:
    """An archive of these texts, by their paths in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in modules.items():
            archive.writestr(path, text)
    return packed.getvalue()


def version_of_modules(modules: Mapping[str, str], make: Callable[[ModuleType], Any] | None = None) -> VersionWithCode:
    """A version whose estimator `make` makes of the module `features`: by default of its Scales and the identity, so
    that the model's answer to a row of one number is what transform makes of it."""
    code = zipped(modules)
    own = OwnModules.for_everybody(code)
    try:
        features = importlib.import_module("features")
        estimator = make(features) if make else identity_after(features.Scales())
        version = version_with(estimator, [2.0])
    finally:
        own.forget()
    return VersionWithCode(version.manifest, version.artifact).with_code(code)


def identity_after(*steps: Any) -> Any:
    """A pipeline of the steps, whose predictor answers what it is given."""
    last = LinearRegression()
    last.coef_, last.intercept_, last.n_features_in_ = np.array([1.0]), 0.0, 1
    pipeline = make_pipeline(*steps, last)
    for step in steps:
        step.fit([[1.0]])
    return pipeline
