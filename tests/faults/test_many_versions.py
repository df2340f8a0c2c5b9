"""Listing 10,000 versions stays under 3 seconds on moto, and flat in memory."""

import re
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import quote

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

VERSIONS = 10_000
SECONDS = 3.0
KILOBYTES = 8_000
TIMES = 3
"""How often it is listed. The quickest counts: what else the machine does in between is not measured here."""

LISTING = """
import re, sys, time
from pathlib import Path
from training.release.promote import versions
from training.release.stores.schemes import open_writable_store

def peak():
    return int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1])

store = open_writable_store(sys.argv[1])
assert list(store.list("aliases")) == []
before, seconds = peak(), []
for _ in range(int(sys.argv[2])):
    began = time.monotonic()
    count = sum(1 for _ in versions(store))
    seconds.append(time.monotonic() - began)
print(count, min(seconds), peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of one process is asked of /proc")
def test_ten_thousand_versions_are_listed_in_time_and_in_flat_memory(
    s3_url: str, monkeypatch: pytest.MonkeyPatch, record: Callable[..., None]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    boto3.client("s3").create_bucket(Bucket="many")
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for number in range(VERSIONS):
        name = f"2030{1 + number // 2400:02}{1 + number // 100 % 24:02}T000000Z-{number:08x}"
        for file in ("manifest.json", "model.joblib", "report.html"):
            backend.put_object("many", quote(f"iris/versions/{name}/{file}"), b"x")
    command = [sys.executable, "-c", LISTING, "s3://many/iris", str(TIMES)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    counted = re.fullmatch(r"(\d+) ([\d.]+) (\d+)\n", said)
    assert counted is not None
    count, seconds, added = int(counted[1]), float(counted[2]), int(counted[3])
    record(f"listing {count:,} versions", "-", "-", f"{seconds:.2f} s, {added} KB more at the peak")
    assert count == VERSIONS
    assert seconds < SECONDS
    assert added < KILOBYTES
