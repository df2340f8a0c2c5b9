"""A deploy is safe where the package could serve what every alias names, as far as another function does not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from handler.engines.package_description import describe
from handler.engines.shipped import REQUIREMENTS_FILES
from handler.registry.alias import Alias
from handler.registry.chain import MANIFEST_FILE, alias_key, version_key
from handler.registry.manifest import ArtifactFile, Manifest, sha256
from handler.registry.store import Blob
from ops.deploy.judgement import Candidate
from ops.deploy.verdict import Verdict, verdict
from packager.build import HANDLER
from packager.wheels.lockfile import parse_lock
from tests.integration.registries import LONG_AGO
from tests.unit.training.release.deployed.descriptions import package, record
from training.release.deployed.records import write_record
from training.release.stores.directory_store import WritableDirectoryStore

SAME, NEWER = package(), package(scikit_learn="2.0.0")
ONNX = describe(
    {pin.name: pin.version for pin in parse_lock((HANDLER / REQUIREMENTS_FILES["onnx"]).read_text())}, "onnx"
)


class ManifestsOnly(WritableDirectoryStore):
    """A registry of which nobody reads an artifact."""

    def get(self, key: str) -> Blob | None:
        assert not key.endswith(".joblib")
        return super().get(key)


@pytest.fixture
def store(tmp_path: Path) -> ManifestsOnly:
    (tmp_path / "iris").mkdir()
    return ManifestsOnly(tmp_path / "iris")


def name(store: WritableDirectoryStore, alias: str, manifest: Manifest, **changed: object) -> str:
    """Let `alias` name the version, whatever it named; gives the version."""
    data = manifest.to_json().encode()
    store.create(version_key(manifest.version, MANIFEST_FILE), data)
    document = Alias(1, manifest.version, sha256(data), LONG_AGO, "tests", "", None).to_json()
    store.delete(alias_key(alias))
    store.create(alias_key(alias), json.dumps({**json.loads(document), **changed}).encode())
    return manifest.version


def ask(store: WritableDirectoryStore, alias: str = "production", storage_mb: int = 512, **now: str) -> Verdict:
    return verdict(store, Candidate(NEWER, alias, storage_mb), **now)


def twin(manifest: Manifest) -> Manifest:
    """The version with an ONNX form beside the other."""
    form = ArtifactFile("model.onnx", 1, "ab" * 32, "float32")
    versions = manifest.runtime | ONNX.engines["onnx"].versions
    version = f"20300101T000000Z-{manifest.artifact.sha256[:8]}"
    return replace(manifest, version=version, artifacts={**manifest.artifacts, "onnx": form}, runtime=versions)


@pytest.fixture
def made_anew(iris_manifest: Manifest) -> Manifest:
    """Another version, made under what the newer package has."""
    version = f"20300101T000000Z-{iris_manifest.artifact.sha256[:8]}"
    return replace(iris_manifest, version=version, runtime=iris_manifest.runtime | {"scikit-learn": "2.0.0"})


def test_where_nothing_is_promoted_nothing_can_break(store: ManifestsOnly) -> None:
    found = ask(store)
    assert found.problems == ()
    assert "Nothing is promoted to 'production'" in found.notes[0]


def test_a_model_that_the_package_could_serve_is_no_problem(store: ManifestsOnly, made_anew: Manifest) -> None:
    version = name(store, "production", made_anew)
    assert ask(store) == Verdict((), (f"'production' names {version}, which the package could serve.",))


def test_the_sentence_says_which_model_what_differs_and_each_command(
    store: ManifestsOnly, iris_manifest: Manifest
) -> None:
    version = name(store, "production", iris_manifest)
    (problem,) = ask(store, stack="churn", serves_now="production").problems
    assert problem.startswith(f"'production' names {version}, which this package could not serve: it was made under ")
    made = iris_manifest.runtime["scikit-learn"]
    for part in (
        f"scikit-learn {made} (the package has 2.0.0)",
        f"publish trained --promote --alias production-2 --reason … --model-uri {store.uri}",
        "make check-deploy STACK_NAME=churn PARAMETERS=ModelAlias=production-2",
        "sam deploy --stack-name churn --parameter-overrides ModelAlias=production-2",
        "make record-deploy STACK_NAME=churn",
        "Or pin what the model was made under",
    ):
        assert part in problem


def test_every_alias_is_judged_and_every_problem_told(store: ManifestsOnly, iris_manifest: Manifest) -> None:
    for alias in ("blue", "production", "staging"):
        name(store, alias, iris_manifest)
    problems = ask(store).problems
    assert len(problems) == 3
    (staging,) = [problem for problem in problems if problem.startswith("'staging'")]
    assert "promote VERSION --alias staging" in staging
    assert f"delete {store.uri}/aliases/staging.json" in staging


def test_the_way_round_is_a_new_alias_and_the_old_one_may_stay_until_then(
    store: ManifestsOnly, iris_manifest: Manifest, made_anew: Manifest
) -> None:
    name(store, "production", iris_manifest)
    name(store, "production-2", made_anew)
    assert len(ask(store, "production", stack="churn", serves_now="production").problems) == 1
    found = ask(store, "production-2", stack="churn", serves_now="production")
    assert found.problems == ()
    assert "The function of 'churn' serves it" in found.notes[0]
    # Once the function serves the new alias, nothing needs what the old one names.
    (left,) = ask(store, "production-2", stack="churn", serves_now="production-2").problems
    assert left.startswith("'production' names")


def test_an_alias_that_another_deployed_function_serves_is_its_own_matter(
    store: ManifestsOnly, iris_manifest: Manifest, made_anew: Manifest
) -> None:
    name(store, "production", made_anew)
    name(store, "legacy", iris_manifest)
    write_record(store, record("old", alias="legacy"))
    assert ask(store, stack="churn", serves_now="production").problems == ()
    # What is on record of the stack itself is past after the deploy, and a record that nobody can read excuses nothing.
    assert len(ask(store, stack="old", serves_now="production").problems) == 1
    store.delete("functions/old.json")
    store.create("functions/old.json", b"{")
    assert len(ask(store, stack="churn", serves_now="production").problems) == 1


def test_an_alias_that_nobody_set_would_end_what_is_served(store: ManifestsOnly, made_anew: Manifest) -> None:
    name(store, "production", made_anew)
    (problem,) = ask(store, "production-2", stack="churn", serves_now="production").problems
    assert "Nothing is promoted to 'production-2'" in problem
    assert "promote a version to 'production-2' first" in problem
    # Where nothing is served now either, it is no loss.
    assert ask(store, "production-2", stack="churn", serves_now="never").problems == ()


def test_the_next_alias_is_one_that_is_free(store: ManifestsOnly, iris_manifest: Manifest) -> None:
    for alias in ("production", "production-2", "production-3"):
        name(store, alias, iris_manifest)
    (problem,) = [each for each in ask(store).problems if each.startswith("'production' ")]
    assert "--alias production-4" in problem


def test_onnx_is_not_deployed_before_a_version_with_both_forms_is_promoted(
    store: ManifestsOnly, iris_manifest: Manifest
) -> None:
    version = name(store, "production", iris_manifest)
    (problem,) = verdict(store, Candidate(ONNX, "production", 512), "churn", "production").problems
    for part in (
        f"'production' names {version}, which this package could not serve: ",
        "Train or package the model again, for a version with a twin",
        "deploy a function with Engine=sklearn",
        "promote it before this deploy:",
        f"publish trained --promote --alias production --reason … --model-uri {store.uri}",
    ):
        assert part in problem
    assert "production-2" not in problem
    name(store, "production", twin(iris_manifest))
    for either in (ONNX, SAME):
        assert verdict(store, Candidate(either, "production", 512), "churn", "production").problems == ()


def test_scikit_learn_is_not_deployed_where_the_model_is_onnx_alone(
    store: ManifestsOnly, iris_manifest: Manifest
) -> None:
    both = twin(iris_manifest)
    name(store, "production", replace(both, artifacts={"onnx": both.artifacts["onnx"]}))
    (problem,) = verdict(store, Candidate(SAME, "production", 512)).problems
    assert "deploy a function with Engine=onnx" in problem


def test_a_form_is_not_blamed_where_the_manifest_cannot_be_read(store: ManifestsOnly, iris_manifest: Manifest) -> None:
    name(store, "production", iris_manifest)
    (problem,) = verdict(store, Candidate(replace(ONNX, manifest_formats=(9,)), "production", 512)).problems
    assert "with a twin" not in problem


def test_a_function_that_lost_its_room_could_not_serve_either(store: ManifestsOnly, made_anew: Manifest) -> None:
    large = replace(made_anew.artifact, bytes=400 * 1024 * 1024)
    name(store, "production", replace(made_anew, artifacts={"joblib": large}))
    (problem,) = ask(store).problems
    assert "deploy with EphemeralStorage=808 or more" in problem
    assert "Retrain" not in problem
    assert ask(store, storage_mb=808).problems == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"format_version": 2}, "it has format 2, and the package reads format 1"),
        ({"version": "../../x"}, "it is not sound: The alias names no version"),
        ({"manifest_sha256": "0" * 64}, "its manifest is not the one that was promoted"),
        ({"version": "20300101T000001Z-00000000"}, "was never published to the end"),
    ],
)
def test_an_alias_that_leads_to_no_model_is_a_problem_too(
    store: ManifestsOnly, made_anew: Manifest, changed: dict[str, object], said: str
) -> None:
    name(store, "production", made_anew, **changed)
    (problem,) = ask(store).problems
    assert said in problem


def test_a_history_whose_alias_is_gone_is_no_alias(store: ManifestsOnly) -> None:
    store.create("aliases/old/history/x.json", b"{}")
    assert ask(store).problems == ()
