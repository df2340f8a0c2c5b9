"""Writes a trained model as the folder that `publish` takes: model.joblib, model.onnx if it has a twin, report.html,
held_out.json, manifest.json.

The manifest is written last, as in a registry. The rows held out stay in the folder, where the gate compares on them:
they are never published, except for the few that the manifest has as examples.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import joblib

from handler.engines.versions import versions_in_use
from handler.records.signature import Example, Feature
from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, VerifiedArtifact
from handler.registry.manifest import ArtifactFile, Manifest, Training, version_of
from handler.registry.storage import Content, hold, parts_from, parts_of
from training.errors import InvalidFolder
from training.fit.description import DEFAULT_DRIFT
from training.fit.evaluation import evaluate
from training.fit.held_out import HELD_OUT_FILE, HeldOut, held_out_of
from training.fit.preprocessing import ESTIMATOR_STEP
from training.fit.trained_model import TrainedModel
from training.folder.commit import git_commit
from training.folder.counted import counted_answers
from training.folder.domains import domains_of
from training.folder.examples import examples_among, loaded
from training.folder.parameters import plain_parameters
from training.folder.places import base_name, parameters_without_places, without_caches
from training.folder.public_names import public_name
from training.release.gate.check import Comparison
from training.report.page import render_report
from training.report.twin import with_twin_section
from training.twin.outcome import TWIN_FILE, Outcome, Twin

ARTIFACT_FILE = "model.joblib"


@dataclass(frozen=True)
class Built:
    """A trained model as it will be served, with its manifest, and the rows that were held out; what became of its
    twin, if one was asked for (`training.folder.twinned`)."""

    model: TrainedModel
    artifact: VerifiedArtifact
    held_out: HeldOut
    twin: Outcome | None = None


def write_folder(model: TrainedModel, folder: Path, now: datetime | None = None) -> Manifest:
    """Write `model` into `folder`, which is made where it is missing; gives its manifest."""
    return write_built(build(model, now), folder)


def build(model: TrainedModel, now: datetime | None = None) -> Built:
    """Everything that the folder will hold but the report; raises InvalidTable where no row can be the example."""
    content = dump_estimator(model.estimator)
    manifest = make_manifest(model, content, now or datetime.now(UTC))
    return Built(model, VerifiedArtifact(manifest, content), held_out_of(model, manifest))


def write_built(built: Built, folder: Path, comparison: Comparison | None = None) -> Manifest:
    """Write the folder, with `comparison` in its report if there is one; gives the manifest.

    Raises InvalidFolder where the folder cannot be written.
    """
    manifest = built.artifact.manifest
    report = render_report(built.model, manifest, comparison)
    files = {
        ARTIFACT_FILE: built.artifact.content,
        **twin_files(built.twin),
        REPORT_FILE: with_twin_section(report, built.twin).encode(),
        HELD_OUT_FILE: built.held_out.to_json().encode(),
        MANIFEST_FILE: manifest.to_json().encode(),
    }
    write_files(folder, files)
    return manifest


def twin_files(twin: Outcome | None) -> dict[str, Content]:
    """The files of a folder for the twin of its model."""
    return {TWIN_FILE: twin.data} if isinstance(twin, Twin) else {}


def write_files(folder: Path, files: Mapping[str, Content]) -> None:
    """Write `files` into `folder` in their order, each as a whole or not at all; raises InvalidFolder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            aside = folder / f".writing-{name}"
            with aside.open("wb") as file:
                file.writelines(parts_of(data))
            aside.replace(folder / name)
    except OSError as error:
        raise InvalidFolder(f"{folder} cannot be written ({error.strerror}): name another with --out.") from error


def dump_estimator(estimator: Any) -> Content:
    """The estimator as joblib writes it, uncompressed: bytes that load fastest, and the same for the same estimator.

    The folders of pipelines' caches, which are of use only while fitting, are left out. Raises InvalidFolder where the
    temporary folder cannot take it.
    """
    try:
        with tempfile.TemporaryFile() as file, without_caches(estimator):
            joblib.dump(estimator, file)
            return hold(partial(parts_from, file), file.tell())
    except OSError as error:
        raise InvalidFolder(
            f"The temporary folder does not take the model ({error.strerror}): make room there, or name another folder "
            "by TMPDIR."
        ) from error


def artifact_file(content: Content) -> ArtifactFile:
    """The entry of a manifest for `content` as the joblib form of its model."""
    digest, length = hashlib.sha256(), 0
    for part in parts_of(content):
        digest.update(part)
        length += len(part)
    return ArtifactFile(ARTIFACT_FILE, length, digest.hexdigest())


def make_manifest(model: TrainedModel, artifact: Content, created_at: datetime) -> Manifest:
    """The manifest of `model`, whose joblib form is `artifact`."""
    file = artifact_file(artifact)
    final = final_estimator(model.estimator)
    model = replace(model, features=_with_domains(model))
    draft = Manifest(
        name=model.name,
        version=version_of(created_at, file.sha256),
        created_at=created_at.astimezone(UTC).isoformat(timespec="seconds"),
        task=model.task,
        artifacts={"joblib": file},
        features=model.features,
        target=model.target,
        metrics=evaluate(model),
        runtime=versions_in_use(),
        training=Training(
            dataset=base_name(model.dataset),
            dataset_sha256=model.dataset_sha256,
            rows=model.rows,
            estimator=public_name(type(final)),
            parameters=parameters_without_places(plain_parameters(final.get_params())),
            seed=model.seed,
            git_commit=git_commit(),
            fitted_rows=model.fitted_rows,
        ),
        example=Example((), ""),
        drift=None if model.drift == DEFAULT_DRIFT else model.drift,
    )
    predictor = loaded(draft, artifact)
    first, *others = examples_among(model, predictor)
    target, *more_targets = counted_answers(model, predictor)
    return replace(draft, example=first, more_examples=tuple(others), target=target, more_targets=tuple(more_targets))


def _with_domains(model: TrainedModel) -> tuple[Feature, ...]:
    """The features, each number with the domain that the estimator takes, where one is known."""
    domains = domains_of(model.estimator)
    return tuple(
        replace(feature, domain=domains.get(index)) if feature.kind == "number" else feature
        for index, feature in enumerate(model.features)
    )


def final_estimator(estimator: Any) -> Any:
    """What predicts: the last step of the pipeline that `training.fit.preprocessing` makes, or the estimator itself."""
    steps = getattr(estimator, "named_steps", {})
    return steps.get(ESTIMATOR_STEP, estimator)
