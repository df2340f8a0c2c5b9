"""`handler.registry.schemes`: which URI opens which store. S3 is asked in tests/integration."""

import subprocess
import sys
from pathlib import Path

import pytest

from handler.errors.model import InvalidSettings
from handler.registry.directory_store import DirectoryStore
from handler.registry.s3_store import S3Store
from handler.registry.schemes import STORES, open_store, open_with

PROJECT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("uri", "directory"),
    [
        ("models/iris", Path("models/iris")),
        ("/srv/models", Path("/srv/models")),
        ("~/models", Path.home() / "models"),
        ("file:///srv/models", Path("/srv/models")),
        ("file://localhost/srv/models", Path("/srv/models")),
        ("file:///srv/my%20models", Path("/srv/my models")),
    ],
)
def test_a_path_or_a_file_uri_names_a_directory(uri: str, directory: Path) -> None:
    store = open_store(uri)
    assert isinstance(store, DirectoryStore)
    assert store.root == directory


@pytest.mark.parametrize("uri", ["http://host/iris", "gs://bucket/iris", "file://elsewhere/srv", "://", "x://y"])
def test_a_uri_of_another_form_is_refused_with_the_ones_there_are(uri: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        open_store(uri)
    expected = f"MODEL_URI must be s3://bucket/prefix, file:///… or a directory; it is {uri!r}."
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    "uri", ["s3://[half/iris", "file://[half", "models\0", "file:///models%00", "~nobody-of-this-name"]
)
def test_a_uri_that_cannot_be_read_is_refused_with_the_reason(uri: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^MODEL_URI cannot be read as one: .+; it is ") as caught:
        open_store(uri)
    assert str(caught.value).endswith(f"; it is {uri!r}.")


def test_a_scheme_is_one_line_of_a_table_and_its_form_is_in_the_refusal_of_others() -> None:
    stores = {**STORES, "memory://name": lambda uri: uri.removeprefix("memory://")}
    assert open_with(stores, "memory://iris") == "iris"
    assert isinstance(open_with(stores, "models"), DirectoryStore)
    with pytest.raises(InvalidSettings, match=r"must be s3://bucket/prefix, file:///…, a directory or memory://name;"):
        open_with(stores, "gs://bucket/iris")


def test_a_registry_in_a_directory_does_not_import_what_reads_s3(tmp_path: Path) -> None:
    script = (
        "import sys; from handler.registry.schemes import open_store\n"
        f"open_store({str(tmp_path)!r}).get('aliases/production.json'); print('obstore' in sys.modules)\n"
        "open_store('s3://bucket/iris'); print('obstore' in sys.modules, 'botocore' in sys.modules)"
    )
    environment = {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["False", "True", "False"], "")


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("s3://bucket/iris", ("bucket", "iris")),
        ("s3://bucket/iris/", ("bucket", "iris")),
        ("s3://bucket//models/iris//", ("bucket", "models/iris")),
    ],
)
def test_an_s3_uri_is_a_bucket_and_a_prefix_without_outer_slashes(uri: str, place: tuple[str, str]) -> None:
    store = open_store(uri)
    assert isinstance(store, S3Store)
    assert (store.bucket, store.prefix) == place
    assert store.uri == f"s3://{place[0]}/{place[1]}"


@pytest.mark.parametrize("uri", ["s3://bucket", "s3://bucket/", "s3:///iris", "s3://"])
def test_an_s3_uri_without_a_bucket_or_a_prefix_is_refused(uri: str) -> None:
    with pytest.raises(InvalidSettings, match="must name a bucket and a prefix"):
        open_store(uri)


@pytest.mark.parametrize("uri", ["s3://bucket/a//b", "s3://bucket/a/./b", "s3://bucket/../b", "s3://bucket/."])
def test_a_prefix_that_a_client_would_not_leave_as_it_is_is_refused(uri: str) -> None:
    with pytest.raises(InvalidSettings, match="a prefix without empty parts"):
        open_store(uri)


def test_opening_reads_nothing(tmp_path: Path) -> None:
    assert open_store(str(tmp_path / "nowhere")).uri == str(tmp_path / "nowhere")
    assert open_store("s3://no-such-bucket/iris").uri == "s3://no-such-bucket/iris"
