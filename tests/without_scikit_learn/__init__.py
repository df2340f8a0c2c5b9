"""Processes that have ONNX Runtime and no scikit-learn, as a function of the ONNX package has it.

A Python whose PYTHONPATH names this folder imports `sitecustomize.py` before all else, and so do those that it starts.
It hides what the ONNX package leaves out. The package itself is tested by tests/package and tests/e2e.
"""

from pathlib import Path
from typing import Final

WITHOUT_SCIKIT_LEARN: Final = {"PYTHONPATH": str(Path(__file__).parent)}
"""The variable that makes a Python such a process."""
