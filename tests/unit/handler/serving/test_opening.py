"""`handler.serving.opening`: any entry gets its model from its settings, without what answers HTTP."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from handler.errors.model import InvalidSettings
from handler.serving.opening import failed_holder, open_holder, open_source
from handler.settings import Settings
from tests.unit.handler.models import Version

PROJECT = Path(__file__).parents[4]

ANOTHER_ENTRY = """
import json, os, sys
from handler.serving.opening import open_holder, open_source
from handler.settings import Settings
settings = Settings.from_env(os.environ)
holder = open_holder(open_source(settings), settings.model_refresh_seconds, ahead=True)
holder.start()
names = [name for name in sys.modules if name.startswith(("handler.app", "handler.api", "aws_lambda_powertools"))]
print(json.dumps([holder.predictor().manifest.version, names]))
"""


def test_another_entry_opens_the_model_without_the_http_api(iris_root: Path, iris_version: Version) -> None:
    environ = {"PYTHONPATH": str(PROJECT), "MODEL_URI": str(iris_root)}
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_ENTRY], env=environ, capture_output=True, text=True, check=False
    )
    version, imported = json.loads(done.stdout)
    assert version == iris_version.manifest.version
    # What a setting of the API may be is checked by the API's own rules.
    assert set(imported) <= {"handler.api", "handler.api.http", "handler.api.http.cors"}


@pytest.mark.parametrize("ahead", [True, False])
def test_a_holder_serves_what_its_source_has(iris_root: Path, iris_version: Version, ahead: bool) -> None:
    holder = open_holder(open_source(Settings(str(iris_root))), 60, ahead)
    holder.start()
    assert holder.served() == iris_version.manifest


def test_a_uri_of_no_known_kind_is_refused_and_the_reason_is_remembered() -> None:
    with pytest.raises(InvalidSettings) as caught:
        open_source(Settings("http://example.com/"))
    holder = failed_holder(caught.value)
    holder.start()
    assert holder.served() is None
    with pytest.raises(InvalidSettings):
        holder.predictor()
