"""The monitor runs from the package of either engine, with boto3 beside it as on Lambda, and loads no model."""

import json
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import pytest

from handler.monitoring.window import lines_of
from handler.registry.alias import Alias
from handler.registry.chain import MANIFEST_FILE, version_key
from handler.registry.manifest import Manifest
from tests.integration.conftest import s3_url
from tests.package.conftest import Probe
from tests.unit.handler.monitoring.drift.windows import empty_window

__all__ = ["s3_url"]

OF_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""boto3 and what it needs."""

NEVER_IMPORTED = (
    *("sklearn", "scipy", "joblib", "threadpoolctl", "onnxruntime", "orjson", "obstore"),
    *("handler.engines", "handler.serving", "handler.api", "handler.app", "training", "ops", "tests"),
)

GROUP = "/aws/lambda/iris-predict"


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what Lambda's runtime for Python has beside the package."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in OF_RUNTIME:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        place = Path(spec.origin)
        place = place.parent if spec.submodule_search_locations else place
        (folder / place.name).symlink_to(place)
    return folder


@pytest.fixture
def variables(registry: Path, s3_url: str) -> dict[str, str]:
    """What the monitor is given, in an account where Iris serves and has answered a row."""
    root = {"MODEL_URI": "s3://models/iris", "LOG_GROUP": GROUP, "POWERTOOLS_SERVICE_NAME": "iris"}
    account = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    session = boto3.Session("test", "test", region_name="us-east-1")
    s3, logs = session.client("s3", endpoint_url=s3_url), session.client("logs", endpoint_url=s3_url)
    s3.create_bucket(Bucket="models")
    alias = Alias.from_json((registry / "aliases/production.json").read_bytes())
    for key in ("aliases/production.json", version_key(alias.version, MANIFEST_FILE)):
        s3.put_object(Bucket="models", Key=f"iris/{key}", Body=(registry / key).read_bytes())
    manifest = Manifest.from_json((registry / version_key(alias.version, MANIFEST_FILE)).read_bytes())
    features = {feature.name: {"1": 1} for feature in manifest.features}
    window = empty_window(manifest, requests=1, rows=1, features=features)
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName="one")
        written = [
            {"timestamp": int(1000 * time.time()) - 1000, "message": line}
            for line in lines_of(window, window_id="one", process="p", service="iris")
        ]
        logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=written)
    return {**root, **account, "AWS_ENDPOINT_URL": s3_url}


@pytest.mark.parametrize("name", ["deployed", "onnx_deployed"])
def test_the_monitor_runs_from_the_package_and_imports_nothing_that_loads_a_model(
    name: str, request: pytest.FixtureRequest, probe: Probe, runtime: Path, variables: dict[str, str]
) -> None:
    tree: Path = request.getfixturevalue(name)
    assert not (tree / "boto3").exists()
    told: Any = probe("monitor.py", tree, str(runtime), **variables)
    assert (told["answer"]["verdict"], told["answer"]["rows"]) == ("too_little_data", 1)
    assert [module for module in told["modules"] if module.startswith(NEVER_IMPORTED)] == []
    assert told["compiled"] == []
    s3 = boto3.Session("test", "test", region_name="us-east-1").client("s3", endpoint_url=variables["AWS_ENDPOINT_URL"])
    document = json.loads(s3.get_object(Bucket="models", Key="iris/monitoring/iris/drift.json")["Body"].read())
    assert document["rows"] == 1
