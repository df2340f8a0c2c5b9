"""The seam for engines: a file and a line in three tables, and a model of another form serves like any other."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from handler.engines.shipped import FORMS, LIBRARIES, Library
from handler.engines.versions import installed_versions
from handler.errors.model import RuntimeMismatch, UnloadableArtifact
from handler.registry.chain import read_artifact
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import ArtifactFile, Manifest, sha256
from handler.serving import engine_choice
from handler.serving.artifact_cache import ArtifactCache
from handler.serving.engine_choice import ENGINES, engine_for, form_for
from tests.unit.handler.asking import Answer, ask, assert_refused, get_event, open_application, predict_event
from tests.unit.handler.engines.linear_engine import FORM, LinearEngine, linear_version
from tests.unit.handler.models import Version


@pytest.fixture
def second_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a second engine adds: its line in each table."""
    monkeypatch.setitem(LIBRARIES, FORM, (Library("numpy", "numpy", compared=2, every_model=True),))
    monkeypatch.setitem(FORMS, FORM, FORM)
    monkeypatch.setitem(ENGINES, FORM, LinearEngine)


@pytest.fixture
def line(second_engine: None) -> Version:  # noqa: ARG001 - its versions are recorded by the engine's own line
    return linear_version(installed_versions(FORM))


def asked(root: Path, version: Version, document: object) -> Answer:
    return ask(open_application(MODEL_URI=str(version.write(root))), predict_event(document))


def test_a_model_of_another_form_is_served_from_a_registry_over_http(tmp_path: Path, line: Version) -> None:
    application = open_application(MODEL_URI=str(line.write(tmp_path / "line")))
    answer = ask(application, predict_event({"instances": [[3, 1], {"b": 5, "a": 4}]}))
    assert answer.status == 200
    assert [one["prediction"] for one in answer.body["predictions"]] == ["low", "high"]
    assert set(answer.body["predictions"][0]["probabilities"]) == {"low", "high"}
    health = ask(application, get_event("/health"))
    digest = sha256(line.artifact)
    assert health.body["model"] == {"name": "line", "version": line.manifest.version, "sha256": digest}
    assert ask(application, get_event("/model")).body["sha256"] == digest
    assert ask(application, get_event("/openapi.json")).status == 200


def test_its_rows_are_refused_and_its_overflows_found_as_any_model_s(tmp_path: Path, line: Version) -> None:
    assert_refused(asked(tmp_path / "a", line, {"features": ["x", 1]}), 422, "invalid_features")
    assert_refused(asked(tmp_path / "b", line, {"features": [2000, 1]}), 422, "no_finite_answer")


def test_it_is_held_against_its_examples(line: Version) -> None:
    wrong = line.changed(example=replace(line.manifest.example, prediction="low", prediction_index=0))
    with pytest.raises(Exception, match="one of its own examples"):
        wrong.load()


def test_its_own_libraries_are_compared_and_no_others(line: Version) -> None:
    assert set(line.manifest.runtime) == {"python", "numpy"}
    with pytest.raises(RuntimeMismatch, match=r"numpy 1\.26\.0"):
        line.changed(runtime=line.manifest.runtime | {"numpy": "1.26.0"}).load()


def test_of_two_forms_the_first_that_this_function_has_an_engine_for_is_read_and_loaded(
    tmp_path: Path, line: Version, iris_version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever form the version is named for: the other one stands beside it."""
    beside = line.manifest.artifacts[FORM]
    both = iris_version.changed(
        artifacts={**iris_version.manifest.artifacts, FORM: beside},
        **{
            name: getattr(line.manifest, name) for name in ("features", "target", "example", "more_examples", "runtime")
        },
    )
    root = both.write(tmp_path / "both")
    (root / "versions" / both.manifest.version / beside.file).write_bytes(line.artifact)
    assert form_for(both.manifest) == "joblib"
    # Not taken out and put back: it would come back as the last one, and the first that is here is chosen.
    monkeypatch.setattr(engine_choice, "ENGINES", {FORM: ENGINES[FORM]})
    assert form_for(both.manifest) == FORM
    for cache in (ArtifactCache(tmp_path / "cache"), ArtifactCache(tmp_path / "cache")):
        read = cache.read(DirectoryStore(root), both.manifest, FORM)
        assert (read.data, read.manifest.artifact) == (line.artifact, beside)
    application = open_application(MODEL_URI=str(root))
    answer = ask(application, predict_event({"features": [3, 1]}))
    assert (answer.body["prediction"], answer.body["model"]["sha256"]) == ("low", beside.sha256)


def test_without_a_form_asked_for_the_one_that_the_version_is_named_for_is_read(
    tmp_path: Path, iris_version: Version
) -> None:
    other = ArtifactFile("model.json", 1, "ab" * 32)
    both = iris_version.changed(artifacts={FORM: other, **iris_version.manifest.artifacts})
    assert (both.manifest.form, both.manifest.artifact.file) == ("joblib", "model.joblib")
    assert read_artifact(DirectoryStore(both.write(tmp_path)), both.manifest).data == iris_version.artifact


def test_a_manifest_of_no_form_that_can_be_loaded_is_refused_with_both_lists(tmp_path: Path) -> None:
    version = linear_version({})
    with pytest.raises(
        UnloadableArtifact, match=r"has its model as linear, and this function loads joblib, onnx: publish"
    ):
        engine_for(version.manifest)
    assert_refused(asked(tmp_path, version, {"features": [1, 2]}), 503, "unloadable_artifact")


def test_a_manifest_without_the_joblib_form_is_read_and_written_as_it_is(line: Version) -> None:
    text = line.manifest.to_json()
    assert Manifest.from_json(text) == line.manifest
    assert json.loads(text)["format_version"] == 1
