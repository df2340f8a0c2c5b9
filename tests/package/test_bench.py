"""The benchmark leaves no process behind, and its ratios are what they say."""

import os
import time
from pathlib import Path

import pytest

from bench.cold_start import summarise, table
from bench.emulator import ColdStart
from bench.packages import REFERENCE
from bench.processes import cpu_milliseconds_of_children, running


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="The benchmark needs Linux's /proc.")
def test_a_child_in_a_process_group_of_its_own_ends_with_its_parent(tmp_path: Path) -> None:
    core = min(os.sched_getaffinity(0))
    script = f"setsid sh -c 'echo $$ > {tmp_path}/pid; while :; do :; done' & wait"
    with running(["/bin/sh", "-c", script], os.environ, tmp_path, tmp_path / "log", {core}) as parent:
        deadline = time.monotonic() + 10
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        child = int((tmp_path / "pid").read_text())
        assert os.getpgid(child) != os.getpgid(parent)
        assert os.sched_getaffinity(child) == {core}
        while cpu_milliseconds_of_children(parent) == 0:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert is_running(child)
    assert not is_running(parent)
    assert not is_running(child)


def test_ratios_are_of_medians_to_the_plain_build() -> None:
    measured = {
        "ours": [ColdStart(1000, 1100, 900), ColdStart(500, 600, 400), ColdStart(900, 1000, 800)],
        REFERENCE: [ColdStart(3000, 3100, 2900), ColdStart(9000, 9000, 9000), ColdStart(1000, 1000, 1000)],
    }
    summary = summarise(measured)
    assert summary["ours"]["init_ms"] == 900
    assert summary["ours"]["init_ratio"] == 0.3
    assert summary["ours"]["init_paired_ratio"] == 0.333
    assert (summary["ours"]["init_min_ms"], summary["ours"]["init_max_ms"]) == (500, 1000)
    assert summary[REFERENCE]["answer_ratio"] == 1
    assert "0.300" in table(summary, 3)
