"""The one statement of what ships: which libraries the function has, and what each may be used for.

Five things are derived from it: which versions must agree before a model is loaded, which modules a brought model may
import, which estimators `train --estimator` takes, what the requirements of a package have to pin, and what a package
says of itself. Another family of models is a line here and a pin there; `make lock` makes the rest. Nothing is imported
here, so that the packager can read it before anything is installed. The versions themselves are pinned in
handler/requirements.in, and in files of their own beside it what ONNX Runtime and each of OPTIONAL add.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """`name` as pip and manifests spell it, `module` as it is imported.

    Of its version, `compared` leading parts must agree between where a model was made and where it serves; None means
    all of it. Without `every_model`, a manifest that does not mention it belongs to a model that does not need it.
    """

    name: str
    module: str
    compared: int | None
    every_model: bool = False
    in_artifacts: bool = True
    """Whether its classes may stand in an artifact."""
    estimators: bool = False
    """Whether `train --estimator` takes its estimators."""


OPTIONAL: dict[str, Library] = {
    # Its documentation promises nothing of a pickle under another version.
    "lightgbm": Library("lightgbm", "lightgbm", compared=None, estimators=True),
    # A pickle is a snapshot of memory that is not stable across versions (XGBoost documentation, "Introduction to Model
    # IO"). The distribution named xgboost has the same modules, and code for GPUs of some 60 MB more beside them.
    "xgboost": Library("xgboost-cpu", "xgboost", compared=None, estimators=True),
}
"""What scikit-learn's engine can have too: libraries whose estimators are scikit-learn's in form. The versions are
pinned in handler/requirements-NAME.in."""

SHIPPED_TOO: tuple[str, ...] = ()
"""Which of OPTIONAL ship. It is off by default, because each costs megabytes: ("lightgbm",) switches LightGBM on,
("lightgbm", "xgboost") both. `make install` and a deploy do the rest."""

LIBRARIES: dict[str, tuple[Library, ...]] = {
    "scikit-learn": (
        # Its private classes change in any release (scikit-learn User Guide, "Model persistence").
        Library("scikit-learn", "sklearn", compared=None, every_model=True, estimators=True),
        # These keep what they pickle within a minor release.
        Library("numpy", "numpy", compared=2, every_model=True),
        Library("scipy", "scipy", compared=2, every_model=True),
        Library("joblib", "joblib", compared=2, every_model=True),
        *(OPTIONAL[name] for name in SHIPPED_TOO),
    ),
    "onnxruntime": (
        # It runs what earlier releases ran (ONNX Runtime documentation, "Compatibility"). An ONNX file holds no arrays
        # of numpy's, so numpy's version does not count.
        Library("onnxruntime", "onnxruntime", compared=1, in_artifacts=False),
    ),
}
"""The libraries of each engine."""

FORMS: dict[str, str] = {"joblib": "scikit-learn", "onnx": "onnxruntime"}
"""The engine for each form of a model that manifests list."""

PACKAGES: dict[str, str] = {"sklearn": "joblib", "onnx": "onnx"}
"""The packages that can be built, by what `ENGINE=` takes, and the form of a model that each loads."""

DEFAULT_PACKAGE = "sklearn"

LAMBDA_PYTHON = "3.13"
"""The runtime that template.yaml names; a test holds the two together."""

PYTHON_COMPARED = 1
"""The same of Python's own version. An artifact holds no Python bytecode: one made by 3.11 loads in 3.13."""

FUNCTION_REQUIREMENTS = ("aws-lambda-powertools", "numpy", "obstore", "orjson")
"""What the function itself needs, whatever the engine."""

REQUIREMENTS_FILES = {"sklearn": "requirements.txt", "onnx": "requirements-onnx.txt"}
"""The file in handler/ with the pins of each package; those of OPTIONAL stand in files beside it."""


def engine_of(package: str = DEFAULT_PACKAGE) -> str:
    """The name of the engine in `package`, one of PACKAGES."""
    return FORMS[PACKAGES[package]]


def requirements(package: str = DEFAULT_PACKAGE) -> set[str]:
    """Everything that the requirements of `package` must name, and all that they may."""
    return {*FUNCTION_REQUIREMENTS, *(library.name for library in LIBRARIES[engine_of(package)])}


def requirements_files(package: str = DEFAULT_PACKAGE, shipped_too: Sequence[str] = SHIPPED_TOO) -> tuple[str, ...]:
    """Every file in handler/ with pins of `package`: its own, then those of OPTIONAL that ship in it."""
    more = shipped_too if engine_of(package) == "scikit-learn" else ()
    return (REQUIREMENTS_FILES[package], *(f"requirements-{name}.txt" for name in more))


def pinned_versions(pins: Mapping[str, str], engine: str = "scikit-learn") -> dict[str, str]:
    """The versions that a package of these pins has of Python and of the engine's libraries, as manifests name them."""
    return {"python": LAMBDA_PYTHON} | {
        library.name: pins[library.name] for library in LIBRARIES[engine] if library.name in pins
    }


def artifact_modules(engine: str = "scikit-learn") -> tuple[str, ...]:
    """The top-level modules that an artifact of `engine` may import."""
    return tuple(library.module for library in LIBRARIES[engine] if library.in_artifacts)


def estimator_libraries(engine: str = "scikit-learn") -> tuple[Library, ...]:
    """The libraries whose estimators `train --estimator` takes."""
    return tuple(library for library in LIBRARIES[engine] if library.estimators)
