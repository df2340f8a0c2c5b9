"""The processes that stand for a function of the ONNX package have ONNX Runtime, and cannot import scikit-learn."""

import os
import subprocess
import sys

from tests.without_scikit_learn import WITHOUT_SCIKIT_LEARN

SAYS = """
import importlib.util
from handler.serving.engine_choice import forms_here
import onnxruntime
print(*forms_here(), *(name for name in ("sklearn", "scipy", "joblib") if importlib.util.find_spec(name)))
"""


def said(environ: dict[str, str]) -> str:
    command = [sys.executable, "-c", SAYS]
    return subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=True).stdout


def test_such_a_process_loads_onnx_alone() -> None:
    assert said(WITHOUT_SCIKIT_LEARN).split() == ["onnx"]
    assert said({}).split() == ["joblib", "onnx", "sklearn", "scipy", "joblib"]
