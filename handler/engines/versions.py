"""The library versions that a model depends on, and when two sets of them may meet.

Checked before anything is unpickled: scikit-learn supports no loading across its versions (scikit-learn User Guide,
"Model persistence", "Security & maintainability limitations"), and where it happens to work the numbers may still
differ. `handler.serving.predictor` checks, `training` records.
"""

import platform

import joblib
import numpy
import scipy
import sklearn

from handler.errors.model import RuntimeMismatch

COMPARED_PARTS = {"scikit-learn": None, "numpy": 2, "scipy": 2, "joblib": 2, "python": 1}
"""How many leading parts of a version must agree; None means all of it.

scikit-learn's private classes change in any release. numpy, scipy and joblib keep what they pickle within a minor
release. A scikit-learn pickle holds no Python bytecode, so one made by 3.11 loads in 3.13.
"""


def installed_versions() -> dict[str, str]:
    """The versions that this process runs, by the names that manifests use."""
    return {
        "python": platform.python_version(),
        "scikit-learn": sklearn.__version__,
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "joblib": joblib.__version__,
    }


def require_runtime(needed: dict[str, str], installed: dict[str, str]) -> None:
    """Raise RuntimeMismatch, naming every difference, unless a model made under `needed` may load under `installed`."""
    differences = [
        f"{library} {needed.get(library, 'unknown')} (here {installed[library]})"
        for library, parts in COMPARED_PARTS.items()
        if library not in needed or needed[library].split(".")[:parts] != installed[library].split(".")[:parts]
    ]
    if differences:
        raise RuntimeMismatch(
            f"The model was made under {', '.join(differences)}. Train it again under the versions of "
            "handler/requirements.txt, or pin the model's versions there and deploy."
        )
