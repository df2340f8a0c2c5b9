"""A version with a twin is served by either function, and one without the form that a function loads by none."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from handler.api.application import Application
from handler.engines.onnx_runtime.answering import GraphModel
from handler.engines.onnx_runtime.feeding import GraphInput, fed
from handler.engines.shipped import LIBRARIES
from handler.errors.model import SelfTestFailed
from handler.records.signature import Feature, Target
from handler.registry.chain import verify_artifact
from handler.registry.manifest import Parity, sha256
from handler.serving.predictor import load_predictor
from tests.unit.handler.asking import ask, assert_refused, get_event, open_application, predict_event
from tests.unit.handler.engines.onnx_runtime.graphs import (
    BOOL,
    DOUBLE,
    INT64,
    PARITY,
    classifier,
    graph_version,
    linear,
    model,
    node,
    onnx_file,
    tensor,
)
from tests.unit.handler.models import Version, version_with

X = np.random.default_rng(0).normal(size=(60, 2))
CLASSES = ("a", "b", "c")
FITTED = LogisticRegression().fit(X, (X @ [1.0, 0.5] > 0).astype(int) + (X[:, 0] > 1))
GRAPH = classifier(FITTED.coef_.T, FITTED.intercept_)


def with_twin(version: Version, data: bytes, parity: Parity | None = PARITY) -> Version:
    """The version as `train` makes it where a twin has passed the gate."""
    return version.changed(
        artifacts={**version.manifest.artifacts, "onnx": onnx_file(data, parity=parity)},
        runtime=version.manifest.runtime | {"onnxruntime": onnxruntime.__version__},
    )


def written(version: Version, twin: bytes, root: Path) -> Path:
    version.write(root)
    (root / "versions" / version.manifest.version / "model.onnx").write_bytes(twin)
    return root


@pytest.fixture
def alone() -> Version:
    """Without a twin."""
    return version_with(FITTED, X[0].tolist(), classes=CLASSES)


@pytest.fixture
def both(alone: Version) -> Version:
    return with_twin(alone, GRAPH)


@pytest.fixture
def onnx_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that has ONNX Runtime in scikit-learn's place."""
    without("scikit-learn", monkeypatch)


@pytest.fixture
def joblib_function(monkeypatch: pytest.MonkeyPatch) -> None:
    without("onnxruntime", monkeypatch)


def without(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process take the engine's library for one that is not installed."""
    first, *more = LIBRARIES[engine]
    monkeypatch.setitem(LIBRARIES, engine, (replace(first, module="not_installed_here"), *more))


def serving(application: Application) -> str:
    digest: str = ask(application, get_event("/health")).body["model"]["sha256"]
    assert ask(application, get_event("/model")).body["sha256"] == digest
    return digest


@pytest.mark.usefixtures("onnx_function")
def test_the_function_with_onnx_serves_the_twin_and_names_its_digest(both: Version, tmp_path: Path) -> None:
    application = open_application(MODEL_URI=str(written(both, GRAPH, tmp_path)))
    answer = ask(application, predict_event({"instances": X[:9].tolist()}))
    assert answer.status == 200
    for said, shares in zip(answer.body["predictions"], FITTED.predict_proba(X[:9]), strict=True):
        assert list(said["probabilities"].values()) == pytest.approx(shares.tolist(), rel=1e-12)
    assert answer.body["model"]["sha256"] == serving(application) == sha256(GRAPH)
    page = ask(application, get_event("/"))
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ask(application, get_event("/openapi.json")).status == 200
    assert_refused(ask(application, predict_event({"features": ["x", 1]})), 422, "invalid_features")


def test_the_function_with_joblib_serves_the_same_version_by_its_joblib_form(both: Version, tmp_path: Path) -> None:
    application = open_application(MODEL_URI=str(written(both, GRAPH, tmp_path)))
    assert ask(application, predict_event({"features": X[0].tolist()})).status == 200
    assert serving(application) == sha256(both.artifact)


@pytest.mark.usefixtures("onnx_function")
def test_a_version_without_a_twin_is_refused_by_the_function_with_onnx(alone: Version, tmp_path: Path) -> None:
    application = open_application(MODEL_URI=str(alone.write(tmp_path)))
    assert_refused(ask(application, predict_event({"features": [1, 2]})), 503, "onnx_form_missing")
    assert_refused(ask(application, get_event("/model")), 503, "onnx_form_missing")


@pytest.mark.usefixtures("joblib_function")
def test_a_version_of_onnx_alone_is_refused_by_the_function_with_joblib(tmp_path: Path) -> None:
    version = graph_version(GRAPH, "classification", [Target("y", CLASSES)], X[:2].tolist())
    application = open_application(MODEL_URI=str(version.write(tmp_path)))
    assert_refused(ask(application, predict_event({"features": [1, 2]})), 503, "joblib_form_missing")


@pytest.mark.usefixtures("onnx_function")
def test_the_last_good_model_serves_on_where_the_alias_moves_to_a_version_without_the_form(
    both: Version, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    application = open_application(MODEL_URI=str(written(both, GRAPH, tmp_path)))
    assert ask(application, predict_event({"features": [1, 2]})).status == 200
    other = version_with(LogisticRegression(C=0.5).fit(X, X[:, 0] > 0), X[0].tolist(), classes=("False", "True"))
    other.write(tmp_path)
    application.holder.ask_again()
    answer = ask(application, predict_event({"features": [1, 2]}))
    assert (answer.status, answer.body["model"]["version"]) == (200, both.manifest.version)
    (failed,) = [record for record in caplog.records if record.message == "refresh failed"]
    assert vars(failed)["code"] == "onnx_form_missing"


@pytest.mark.usefixtures("onnx_function")
def test_a_twin_that_is_not_the_one_of_the_manifest_is_refused(both: Version, tmp_path: Path) -> None:
    application = open_application(MODEL_URI=str(written(both, GRAPH + b"\x00", tmp_path)))
    assert_refused(ask(application, predict_event({"features": [1, 2]})), 503, "artifact_size_mismatch")


def regression(by: float, parity: Parity | None) -> None:
    """Load the twin of a regression whose answers are off by that share of the target's spread."""
    y = X @ [3.0, 1.0]
    ridge = Ridge().fit(X, y)
    version = version_with(ridge, X[0].tolist()).changed(target=Target("y", spread=2.0))
    data = linear(
        [node("Identity", ["values"], ["prediction"])],
        {"prediction": DOUBLE},
        ridge.coef_.reshape(2, 1),
        [ridge.intercept_ + 2.0 * by],
    )
    manifest = with_twin(version, data, parity).manifest
    load_predictor(verify_artifact(manifest, data, "onnx"))


def classification(by: float, parity: Parity | None) -> None:
    """The same of probabilities, the first of which is off."""
    version = with_twin(version_with(FITTED, X[0].tolist(), classes=CLASSES), GRAPH, parity)
    said = version.manifest.example
    assert said.probabilities is not None
    moved = {**said.probabilities, "a": said.probabilities["a"] + by}
    changed = version.changed(example=replace(said, probabilities=moved))
    load_predictor(verify_artifact(changed.manifest, GRAPH, "onnx"))


@pytest.mark.usefixtures("onnx_function")
@pytest.mark.parametrize("load", [regression, classification])
def test_a_twin_may_differ_from_the_examples_by_its_parity_s_bound_and_no_more(load: Any) -> None:
    load(0.9e-5, PARITY)
    with pytest.raises(SelfTestFailed):
        load(1.1e-5, PARITY)
    # A manifest cannot widen what the gate allows, nor is a model that is no twin given more than any.
    with pytest.raises(SelfTestFailed):
        load(1.1e-5, replace(PARITY, bound=1.0))
    load(0.9e-6, None)
    with pytest.raises(SelfTestFailed):
        load(2e-6, None)


def test_the_joblib_form_beside_a_twin_is_held_to_its_examples_as_ever(both: Version) -> None:
    said = both.manifest.example
    assert said.probabilities is not None
    moved = both.changed(
        example=replace(said, probabilities={**said.probabilities, "a": said.probabilities["a"] + 2e-6})
    )
    with pytest.raises(SelfTestFailed):
        load_predictor(verify_artifact(moved.manifest, moved.artifact, "joblib"))


def test_a_graph_runs_once_for_rows_and_keeps_neither_them_nor_its_answers() -> None:
    runs: list[weakref.ref[Any]] = []

    def run(rows: Any) -> dict[str, Any]:
        outputs = {"prediction": np.zeros(len(rows), dtype=np.int64), "probabilities": np.ones((len(rows), 1))}
        runs.append(weakref.ref(outputs["probabilities"]))
        return outputs

    graph = GraphModel(run, ["prediction", "probabilities"], "classification", [Target("y", ("a",))])
    rows = np.zeros((3, 1))
    graph.predict(rows)
    assert graph.predict_proba(rows).shape == (3, 1)
    assert len(runs) == 1
    graph.predict(np.zeros((3, 1)))
    assert len(runs) == 2
    graph.predict(rows)
    kept = weakref.ref(rows)
    del rows
    gc.collect()
    assert kept() is None
    assert [one() for one in runs] == [None, None, None]


def served(kind: int, form: Any, features: list[Feature], row: list[Any], root: Path) -> Application:
    """A model that gives its two inputs' sum, which take values of one type."""
    data = model(
        [
            node("Cast", ["rows"], ["wide"], to=DOUBLE),
            node("ReduceSum", ["wide", "axis"], ["prediction"], keepdims=0),
        ],
        [tensor("rows", kind, [None, 2])],
        [tensor("prediction", DOUBLE, [None])],
        {"axis": np.array([1])},
    )
    version = graph_version(
        data.SerializeToString(), "regression", [Target("y", spread=1.0)], [row], features=features, form=form
    )
    return open_application(MODEL_URI=str(version.write(root)))


NUMBERS = [Feature("a", "number", nullable=True), Feature("b", "number", nullable=True)]


@pytest.mark.parametrize(
    ("kind", "form", "row", "wrong", "feature"),
    [
        (INT64, "int64", [1, 2], [1, 2.5], "b"),
        (INT64, "int64", [1, 2], [None, 2], "a"),
        (INT64, "int64", [1, 2], [1e19, 2], "a"),
        (BOOL, "int64", [1, 0], [1, 2], "b"),
    ],
)
def test_a_value_that_an_input_has_no_place_for_is_refused_with_its_feature(
    kind: int, form: Any, row: list[Any], wrong: list[Any], feature: str, tmp_path: Path
) -> None:
    application = served(kind, form, NUMBERS, row, tmp_path)
    assert ask(application, predict_event({"features": row})).body["prediction"] == sum(row)
    answer = ask(application, predict_event({"instances": [row, wrong]}))
    assert_refused(answer, 422, "refused_by_model")
    assert [(one["row"], one["feature"]) for one in answer.body["details"]] == [(1, feature)]


@pytest.mark.parametrize("value", [1e39, -1e300])
def test_a_number_that_float32_cannot_hold_is_no_infinity(value: float) -> None:
    """Requests hold none; whoever else asks is told."""
    with pytest.raises(ValueError, match="has no place for a value"):
        fed(np.array([[value]]), [GraphInput("rows", "tensor(float)", 0, 1, flat=False)])


@pytest.mark.parametrize("value", [2**53 + 1, 2**63 - 1])
def test_a_code_beyond_float64_s_whole_numbers_stays_what_it_is(value: int) -> None:
    inputs = [GraphInput("rows", "tensor(int64)", 0, 1, flat=True)]
    assert fed(np.array([[value]], dtype=object), inputs)["rows"].tolist() == [value]


def test_a_gap_in_an_input_of_numbers_is_nan(tmp_path: Path) -> None:
    """Beside another kind, rows hold objects, and a gap among truth values is None."""
    features = [Feature("a", "number", nullable=True), Feature("b", "boolean", nullable=True)]
    application = served(DOUBLE, "float64", features, [1.5, True], tmp_path)
    assert ask(application, predict_event({"features": [1, False]})).body["prediction"] == 1.0
    answer = ask(application, predict_event({"features": [1, None]}))
    assert_refused(answer, 422, "no_finite_answer")
