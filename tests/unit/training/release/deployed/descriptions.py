"""Packages and records to judge by: those of this checkout, with what a test changes."""

from dataclasses import replace
from typing import Any

from handler.engines.package_description import EngineDescription, PackageDescription, describe
from training.release.deployed.record import RECORD_FORMAT_VERSION, FunctionRecord
from training.release.shipped import shipped_versions

MOMENT = "2030-01-01T00:00:00.000000+00:00"


def package(**versions: str) -> PackageDescription:
    """What a package of this checkout would say, with other versions of some libraries (`scikit_learn="1.8.0"`)."""
    described = describe(shipped_versions())
    named = {name.replace("_", "-"): version for name, version in versions.items()}
    engine = described.engines["joblib"]
    return replace(described, engines={"joblib": EngineDescription(engine.name, engine.versions | named)})


def onnx_package() -> PackageDescription:
    """What a package of this checkout that runs ONNX Runtime would say."""
    return describe(shipped_versions("onnx"), "onnx")


def record(stack: str = "churn", alias: str = "production", storage_mb: int = 512, **changed: Any) -> FunctionRecord:
    made = FunctionRecord(
        RECORD_FORMAT_VERSION, stack, alias, 1769, storage_mb, MOMENT, "ada@analytical", "0a1b2c3d", package()
    )
    return replace(made, **changed)
