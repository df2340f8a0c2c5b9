"""`handler.coldstart.docstrings`: scipy is the same without its notes in docstrings, and is imported sooner."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[4]

SCRIPT = """
import json, re, sys
if KEPT:
    from handler.coldstart.docstrings import keep_docstrings
    keep_docstrings()
    keep_docstrings()
import scipy._lib._docscrape as parser
import numpy, scipy.linalg, inspect, warnings
calls = 0
def count(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")
sys.setprofile(count)
import scipy.special
sys.setprofile(None)
warnings.simplefilter("error")
import scipy.fft, scipy.integrate, scipy.interpolate, scipy.ndimage, scipy.optimize, scipy.signal, scipy.spatial
import scipy.cluster.hierarchy, scipy.cluster.vq, scipy.constants, scipy.sparse.csgraph, scipy.stats
modules = [scipy.special, scipy.linalg, scipy.optimize, scipy.spatial.distance, scipy.stats, scipy.signal, scipy.fft]
public = [(module.__name__, name, getattr(module, name)) for module in modules for name in module.__all__]
told = {
    "calls": calls,
    "parser": parser.FunctionDoc.__name__,
    "loader": [type(parser.__loader__).__name__, type(parser.__spec__.loader).__name__],
    "finders": len(sys.meta_path),
    "types": [(module, name, type(value).__name__) for module, name, value in public],
    "signatures": [
        re.sub(" at 0x[0-9a-f]+", "", str(inspect.signature(value)))
        for _, _, value in public
        if inspect.isfunction(value)
    ],
    "documented": [(module, name) for module, name, value in public if value.__doc__],
    "expit": scipy.special.expit.__doc__,
    "values": [scipy.special.expit(0.5), scipy.linalg.inv([[2.0]]).item(), scipy.stats.ttest_1samp([1, 2, 4], 0)[1]],
}
print(json.dumps(told))
"""


def imported(*, kept: bool) -> dict[str, Any]:
    """What a process tells of scipy that imports all of it, with its docstrings kept as they are written or not."""
    command = [sys.executable, "-c", SCRIPT.replace("KEPT", repr(kept))]
    done = subprocess.run(command, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def told() -> tuple[dict[str, Any], dict[str, Any]]:
    return imported(kept=False), imported(kept=True)


@pytest.mark.parametrize("what", ["types", "signatures", "documented", "values", "loader", "finders"])
def test_nothing_but_the_text_of_docstrings_differs(told: tuple[dict[str, Any], dict[str, Any]], what: str) -> None:
    plain, kept = told
    assert kept[what] == plain[what]


def test_docstrings_are_as_they_were_written(told: tuple[dict[str, Any], dict[str, Any]]) -> None:
    plain, kept = told
    assert (plain["parser"], kept["parser"]) == ("FunctionDoc", "AsWritten")
    assert "Expit (a.k.a. logistic sigmoid)" in kept["expit"]
    assert "Array API" in plain["expit"]
    assert "Array API" not in kept["expit"]


def test_nine_tenths_of_the_calls_that_the_import_makes_are_gone(told: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Counted, because seconds differ with what else the machine does."""
    plain, kept = told
    assert kept["calls"] < 0.1 * plain["calls"]
