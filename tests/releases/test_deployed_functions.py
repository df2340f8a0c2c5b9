"""What `promote` asks of the deployed functions that are on record, on a directory and on S3."""

import json
from dataclasses import replace
from typing import Any

import pytest

from handler.errors.base import SklearnOnLambdaError
from handler.registry.chain import alias_key
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION
from tests.integration.registries import put_file, put_version
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import TrainedFolder
from training.release.shipped import shipped_versions
from training.release.stores.schemes import open_writable_store


def put_record(model_uri: str, stack: str = "churn", alias: str = "production", **changed: Any) -> None:
    """Put a record there as the registry keeps it. `changed` overrides what the package says of itself."""
    package = {
        "format_version": 1,
        "manifest_formats": [*range(1, MANIFEST_FORMAT_VERSION + 1)],
        "alias_formats": [1],
        "engines": {"joblib": {"name": "scikit-learn", "versions": shipped_versions()}},
    }
    document = {
        "format_version": 1,
        "stack": stack,
        "alias": alias,
        "memory_mb": 1769,
        "ephemeral_storage_mb": 512,
        "recorded_at": "2030-01-01T00:00:00.000000+00:00",
        "recorded_by": "ada@analytical",
        "commit": None,
        "package": package | changed,
    }
    put_file(model_uri, f"functions/{stack}.json", json.dumps(document).encode())


def of_library(**versions: str) -> dict[str, Any]:
    """The engines of a package that has these versions in place of this checkout's."""
    named = {name.replace("_", "-"): version for name, version in versions.items()}
    return {"joblib": {"name": "scikit-learn", "versions": shipped_versions() | named}}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"engines": of_library(scikit_learn="1.8.0")}, "scikit-learn"),
        ({"engines": {"onnx": {"name": "onnx", "versions": {}}}}, "joblib"),
        ({"manifest_formats": [1]}, "its manifest has format"),
        ({"manifest_formats": [1, 2, 3, 4]}, "Deploy this release first"),
        ({"alias_formats": [2]}, "alias"),
    ],
)
def test_a_version_that_the_deployed_function_could_not_read_is_not_promoted(
    model_uri: str, iris: TrainedFolder, changed: dict[str, Any], said: str
) -> None:
    version = put_version(model_uri, iris)
    put_record(model_uri, **changed)
    store = open_writable_store(model_uri)
    with pytest.raises(SklearnOnLambdaError) as refused:
        promote(store, Release(version, "production", "tests", "tests"))
    assert type(refused.value).__name__ == "UnservableVersion"
    assert "'churn'" in str(refused.value)
    assert said in str(refused.value)
    assert store.get(alias_key("production")) is None


def test_a_version_for_which_the_function_has_no_room_in_its_storage_is_not_promoted(
    model_uri: str, iris: TrainedFolder
) -> None:
    file = replace(iris.manifest.artifact, bytes=400 * 1024 * 1024)
    large = replace(iris.manifest, artifacts={"joblib": file})
    version = put_version(model_uri, replace(iris, manifest_json=large.to_json().encode()))
    put_record(model_uri)
    with pytest.raises(SklearnOnLambdaError, match="EphemeralStorage") as refused:
        promote(open_writable_store(model_uri), Release(version, "production", "tests", "tests"))
    assert type(refused.value).__name__ == "UnservableVersion"
