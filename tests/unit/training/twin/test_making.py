"""A twin is made of what the gate lets pass; else the reason is said, and the folder is as it was without."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import LocalOutlierFactor

from handler.engines.onnx_runtime.engine import OnnxRuntime
from handler.engines.scikit_learn import ScikitLearn
from handler.registry.chain import VerifiedArtifact, verify_artifact
from handler.registry.manifest import CODE, ArtifactFile, Manifest, sha256
from handler.serving.predictor import Predictor, example_rows
from handler.serving.self_test import require_repeated
from tests.older_manifests import before_counts
from tests.unit.training.twin.cases import built
from training.errors import NoTwin
from training.fit.iris import train_iris
from training.folder.twinned import twinned
from training.folder.writing import Built, build, twin_files, write_built
from training.release.publish import read_folder
from training.report.twin import with_twin_section
from training.twin.conversion import Graph, candidates
from training.twin.gate import Gate
from training.twin.making import first_admitted, make_twin, twin_of
from training.twin.outcome import Twin, WithoutTwin

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


@pytest.fixture(scope="module")
def iris_built() -> Built:
    return build(train_iris())


@pytest.fixture(scope="module")
def iris_twinned(iris_built: Built) -> Built:
    return twinned(iris_built)


@pytest.fixture(scope="module")
def logistic() -> VerifiedArtifact:
    return built(LogisticRegression().fit(X, Y), X, Y, "classification")


def test_a_folder_with_a_twin_holds_both_forms_and_says_in_its_report_what_was_compared(
    iris_twinned: Built, tmp_path: Path
) -> None:
    write_built(iris_twinned, tmp_path)
    manifest = Manifest.from_json((tmp_path / "manifest.json").read_bytes())
    data = (tmp_path / "model.onnx").read_bytes()
    file = manifest.artifacts["onnx"]
    assert (file.file, file.bytes, file.sha256) == ("model.onnx", len(data), sha256(data))
    assert (before_counts(manifest).format_version, manifest.form) == (4, "joblib")
    assert {"scikit-learn", "onnxruntime"} <= manifest.runtime.keys()
    parity = file.parity
    assert parity is not None
    assert parity.rows == 2000 + 30 + len(manifest.examples)
    assert (parity.boundary_rows, parity.bound, parity.labels_differing) == (0, 1e-5, 0)
    report = (tmp_path / "report.html").read_text()
    section = report[report.index("The twin in ONNX") :]
    assert re.search(rf"Rows asked</td><td>{parity.rows:,}<.*1e-05<", section, re.DOTALL)
    assert read_folder(tmp_path).manifest.version == manifest.version


def test_the_twin_serves_and_repeats_the_examples(iris_twinned: Built) -> None:
    manifest, twin = iris_twinned.artifact.manifest, iris_twinned.twin
    assert isinstance(twin, Twin)
    served = verify_artifact(manifest, twin.data, "onnx")
    predictor = Predictor(manifest, OnnxRuntime().load(served))
    require_repeated(predictor.predict(example_rows(manifest)), manifest)


def test_the_same_model_has_the_same_twin(iris_built: Built, iris_twinned: Built) -> None:
    assert twinned(iris_built).twin == iris_twinned.twin


def test_a_sentence_for_the_output_says_what_was_measured(iris_twinned: Built) -> None:
    assert isinstance(iris_twinned.twin, Twin)
    assert re.fullmatch(
        r"Twin: model\.onnx answers 2,03\d rows as the model does; the largest difference is below 1e-09, where 1e-05 "
        r"is allowed, and no label differs\.",
        iris_twinned.twin.sentence,
    )


def test_without_a_twin_the_report_says_why() -> None:
    report = with_twin_section("<main></main>", WithoutTwin("It is too <good>."))
    assert "There is none. It is too &lt;good&gt;." in report
    assert with_twin_section("<main></main>", None) == "<main></main>"
    assert twin_files(WithoutTwin("It is too good.")) == {}


def test_a_model_that_no_converter_knows_has_no_twin() -> None:
    outliers = LocalOutlierFactor(novelty=True).fit(X)
    outliers.__class__ = type("Unknown", (LocalOutlierFactor,), {})
    with pytest.raises(NoTwin, match="Unknown"):
        next(candidates(outliers, "outlier_detection", (), ()))


def test_a_model_with_code_of_its_owner_has_none(logistic: VerifiedArtifact) -> None:
    manifest = logistic.manifest
    code = {CODE: ArtifactFile("code.zip", 1, "0" * 64)}
    own = replace(logistic, manifest=replace(manifest, artifacts={**manifest.artifacts, **code}))
    assert twin_of(own, [], 0) == WithoutTwin("The model imports modules of its owner, which no converter knows.")


def test_an_error_that_nobody_foresaw_leaves_the_model_without_a_twin(logistic: VerifiedArtifact) -> None:
    broken = replace(logistic, content=b"no pickle")
    assert twin_of(broken, [], 0) == WithoutTwin("Making it failed with UnloadableArtifact.")


def test_a_model_whose_ranges_are_not_known_has_none(logistic: VerifiedArtifact) -> None:
    manifest = logistic.manifest
    features = tuple(replace(feature, minimum=None, maximum=None) for feature in manifest.features)
    outcome = twin_of(replace(logistic, manifest=replace(manifest, features=features)), [], 0)
    assert "ranges" in outcome.sentence
    assert outcome.sentence.startswith("No twin: ")


def test_a_model_that_answers_too_slowly_has_none_rather_than_one_that_was_asked_less(
    logistic: VerifiedArtifact,
) -> None:
    with pytest.raises(NoTwin, match=r"^The model takes longer than 0 s to answer 2,0\d\d rows"):
        make_twin(logistic, [], 0, seconds=1e-9)


def test_a_graph_that_answers_too_slowly_is_no_twin(logistic: VerifiedArtifact) -> None:
    gate = Gate(ScikitLearn().load(logistic), logistic.manifest, [], seed=0)
    gate.seconds = 1e-9
    with pytest.raises(NoTwin, match=r"^The graph takes longer than 0 s to answer 2,0\d\d rows"):
        gate.admit(graph_of(LogisticRegression().fit(X, Y), logistic))


def graph_of(estimator: LogisticRegression, artifact: VerifiedArtifact) -> Graph:
    manifest = artifact.manifest
    return next(candidates(estimator, manifest.task, manifest.features, manifest.targets))


def test_the_first_graph_that_passes_is_taken(logistic: VerifiedArtifact) -> None:
    sound = graph_of(LogisticRegression().fit(X, Y), logistic)
    wrong = graph_of(LogisticRegression(C=0.01).fit(X, Y), logistic)
    unreadable = Graph(b"none", "float64")
    gate = Gate(ScikitLearn().load(logistic), logistic.manifest, [], seed=0)
    for graphs in ([wrong, sound], [sound, wrong], [unreadable, sound]):
        assert first_admitted(graphs, gate).data == sound.data
    with pytest.raises(NoTwin, match="probabilities by up to"):
        first_admitted([unreadable, wrong], gate)
    with pytest.raises(NoTwin, match=r"^ONNX Runtime does not load its graph\.$"):
        first_admitted([unreadable], gate)
