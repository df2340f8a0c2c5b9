"""The metric InitTime: how long the init phase took that a request waited for, told once by an environment."""

import io
import json
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from handler.telemetry.log_and_metrics import Telemetry
from handler.telemetry.metrics import REQUESTS
from tests.unit.handler.asking import predict_event
from tests.unit.handler.processes import PROJECT, run_function

ASK = {"ask": predict_event({"features": [6.0, 2.5, 4.5, 1.5]})}

SLEPT = 0.3
TICK = 0.01
"""Linux tells the start of a process in hundredths of a second."""
TELLING = f"""
import time
time.sleep({SLEPT})
from handler.coldstart.init_phase import seconds_of_process
print(seconds_of_process())
"""


def test_the_first_request_tells_how_long_the_init_phase_took_and_no_other_does(
    tmp_path: Path, iris_root: Path
) -> None:
    began = time.monotonic()
    outcome = run_function(tmp_path, [ASK, ASK], MODEL_URI=str(iris_root), AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    whole = 1000 * (time.monotonic() - began)
    (milliseconds,) = [value for line in outcome.metrics for value in line.get("InitTime", [])]
    (loading,) = [value for line in outcome.metrics for value in line.get("ModelLoadTime", [])]
    assert loading < milliseconds < whole + 1000 * TICK
    (line,) = [line for line in outcome.metrics if "InitTime" in line]
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    assert line["Requests"] == [1]


@pytest.mark.parametrize(
    ("initialized", "told"), [("on-demand", [2500.0]), ("provisioned-concurrency", []), ("snap-start", [])]
)
def test_an_init_phase_that_no_request_waited_for_is_not_told(initialized: str, told: list[float]) -> None:
    with redirect_stdout(io.StringIO()) as output:
        telemetry = Telemetry({"AWS_LAMBDA_INITIALIZATION_TYPE": initialized})
        telemetry.initialized(2.5)
        telemetry.measure(REQUESTS, 1)
        telemetry.metrics.flush_metrics()
    (line,) = map(json.loads, output.getvalue().splitlines())
    assert line.get("InitTime", []) == told


def seconds_told(python: Path) -> tuple[float, float]:
    """What a process says of its age, and how long it took in all."""
    began = time.monotonic()
    done = subprocess.run(
        [str(python), "-c", TELLING], env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=True
    )
    return float(done.stdout), time.monotonic() - began


def test_the_age_of_a_process_is_from_its_start_and_not_from_its_imports() -> None:
    told, whole = seconds_told(Path(sys.executable))
    assert SLEPT <= told <= whole + TICK


def test_the_name_of_the_program_cannot_be_taken_for_its_age(tmp_path: Path) -> None:
    (tmp_path / "a) 1 (b").symlink_to(Path(sys.executable).resolve())
    told, whole = seconds_told(tmp_path / "a) 1 (b")
    assert SLEPT <= told <= whole + TICK
