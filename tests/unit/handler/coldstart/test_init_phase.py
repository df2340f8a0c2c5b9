"""`handler.coldstart.init_phase`: on Lambda the imports are made cheaper, and afterwards everything is as it should
be."""

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from handler.coldstart.init_phase import libraries_imported

PROJECT = Path(__file__).parents[4]

IMPORT = """
import gc, json, sys
# Python 3.12 freezes some objects by itself.
frozen = gc.get_freeze_count()
during = []
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "sklearn":
            during.append(gc.isenabled())
sys.meta_path.insert(0, Watch())
BEFORE
try:
    import handler.app
    from handler.serving.engine_choice import import_shipped_engine
    import_shipped_engine()
except ImportError as error:
    during.append(error.name)
told = {"during": during, "after": gc.isenabled(), "passed over": gc.get_freeze_count() - frozen}
told["deferred"] = type(sys.modules.get("scipy.stats")).__name__
print(json.dumps(told))
"""


def importing(before: str = "", **environ: str) -> dict[str, Any]:
    """What a fresh process tells of its import of the function."""
    command = [sys.executable, "-c", IMPORT.replace("BEFORE", before)]
    done = subprocess.run(
        command, env={"PYTHONPATH": str(PROJECT), **environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_on_lambda_the_collector_is_off_during_the_imports_and_on_afterwards() -> None:
    told = importing(AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    # Twice: when it is looked whether it is there, and when it is imported.
    assert (told["during"], told["after"], told["deferred"]) == ([False, False], True, "_StandIn")
    assert told["passed over"] > 50_000


def test_elsewhere_nothing_is_changed() -> None:
    assert importing() == {"during": [True, True], "after": True, "passed over": 0, "deferred": "module"}


def test_the_collector_is_on_again_where_scikit_learn_cannot_be_imported() -> None:
    told = importing('sys.modules["joblib"] = None', AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    assert told["during"][-1] == "joblib"
    assert told["after"]


def test_the_end_of_the_imports_changes_nothing_where_they_had_no_beginning() -> None:
    frozen = gc.get_freeze_count()
    libraries_imported()
    assert (gc.isenabled(), gc.get_freeze_count()) == (True, frozen)
