"""Writes a trained model as the folder that `publish` takes: model.joblib, manifest.json, report.html.

The manifest is written last here too. Its example is a row that was held out, with the answer that the very artifact
gives after a round trip through joblib.
"""

import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from handler.manifest import (
    MANIFEST_FORMAT_VERSION,
    ArtifactFile,
    Example,
    Manifest,
    Training,
    sha256,
    version_of,
)
from handler.predictor import Predictor
from handler.registry import MANIFEST_FILE
from handler.runtime import installed_versions
from training.evaluate import evaluate
from training.model import TrainedModel
from training.publish import REPORT_FILE
from training.report import render_report

ARTIFACT_FILE = "model.joblib"


def write_folder(model: TrainedModel, folder: Path, now: datetime | None = None) -> Manifest:
    """Write `model` into `folder`, which is made where it is missing; gives its manifest."""
    artifact = dump_estimator(model.estimator)
    manifest = make_manifest(model, artifact, now or datetime.now(UTC))
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / ARTIFACT_FILE, artifact)
    _replace(folder / REPORT_FILE, render_report(model, manifest).encode())
    _replace(folder / MANIFEST_FILE, manifest.to_json().encode())
    return manifest


def dump_estimator(estimator: Any) -> bytes:
    """The estimator as joblib writes it, uncompressed: bytes that load fastest, and the same for the same estimator."""
    buffer = io.BytesIO()
    joblib.dump(estimator, buffer)
    return buffer.getvalue()


def make_manifest(model: TrainedModel, artifact: bytes, created_at: datetime) -> Manifest:
    """The manifest of `model`, whose joblib form is `artifact`."""
    digest = sha256(artifact)
    draft = Manifest(
        format_version=MANIFEST_FORMAT_VERSION,
        name=model.name,
        version=version_of(created_at, digest),
        created_at=created_at.astimezone(UTC).isoformat(timespec="seconds"),
        task=model.task,
        artifacts={"joblib": ArtifactFile(ARTIFACT_FILE, len(artifact), digest)},
        features=model.features,
        target=model.target,
        metrics=evaluate(model),
        runtime=installed_versions(),
        training=Training(
            dataset=model.dataset,
            dataset_sha256=model.dataset_sha256,
            rows=model.rows,
            estimator=_public_name(type(model.estimator)),
            parameters=_plain(model.estimator.get_params()),
            seed=model.seed,
            git_commit=git_commit(),
        ),
        example=Example((), ""),
    )
    return Manifest(**{**vars(draft), "example": _example(draft, model, artifact)})


def git_commit() -> str | None:
    """The commit that is checked out here, or None outside a repository."""
    try:
        # The revision of the working folder: the user's own project, where that is another than this one.
        answer = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607 - git is wherever the user has it
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _example(manifest: Manifest, model: TrainedModel, artifact: bytes) -> Example:
    """The first row held out that the model gets right (any row, for a regression), answered as the handler will."""
    predictor = Predictor(manifest, joblib.load(io.BytesIO(artifact)))
    right = np.arange(len(model.y_test))
    if model.task == "classification":
        right = np.flatnonzero(predictor.estimator.predict(model.x_test) == model.y_test)
    row = model.x_test[[right[0] if len(right) else 0]]
    return Example(features=tuple(row[0].tolist()), **predictor.predict(row)[0])


def _public_name(estimator: type) -> str:
    """The name that a user imports the class by: scikit-learn keeps each in a private module below its public one."""
    public = [part for part in estimator.__module__.split(".") if not part.startswith("_")]
    return ".".join([*public, estimator.__qualname__])


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as JSON holds them; an object that JSON has no form for is told by its text."""
    return {
        name: value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)
        for name, value in sorted(parameters.items())
    }


def _replace(path: Path, data: bytes) -> None:
    aside = path.with_name(f".writing-{path.name}")
    aside.write_bytes(data)
    aside.replace(path)
