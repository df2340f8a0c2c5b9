"""What the fault tests share: moto on a real socket with the proxy in front of it, and the table of what was seen."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from tests.faults.proxy import Proxy, proxied
from tests.integration.conftest import bucket, nothing_kept, s3_url

__all__ = ["bucket", "nothing_kept", "s3_url"]


@pytest.fixture
def proxy(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The proxy, sound until told otherwise. The environment leads to it, in this process and in those it starts."""
    with proxied(s3_url) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield running


@pytest.fixture
def model_uri(proxy: Proxy, s3_url: str, tmp_path: Path) -> str:
    """A model's root in a bucket of this test's own."""
    del proxy
    name = f"models-{tmp_path.name.replace('_', '-').lower()[-30:].strip('-')}-{os.getpid()}"
    boto3.client("s3", endpoint_url=s3_url).create_bucket(Bucket=name)
    return f"s3://{name}/number"


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Takes one row of the table: what was done, what a client saw with no model held, with one, and what was left."""

    def add(*cells: str) -> None:
        request.node.user_properties.append(("row", " | ".join(cells)))

    return add


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that it does not run alone at the end."""
    items.sort(key=lambda item: "test_soak" not in item.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, and write it where FAULTS_TABLE says."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    rows = sorted(text for report in reports for name, text in report.user_properties if name == "row")
    lines = ["", "| fault | no model held | a model held | the registry after |", "|---|---|---|---|"]
    lines += [f"| {row} |" for row in rows]
    for line in lines:
        terminalreporter.write_line(line)
    if "FAULTS_TABLE" in os.environ:
        Path(os.environ["FAULTS_TABLE"]).write_text("\n".join(lines[1:]) + "\n")
