"""What is in the package is all that is needed: whole scikit-learn, fitted models of every kind, and nothing else."""

import json
import zipfile
from pathlib import Path, PurePosixPath

import joblib
import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.cross_decomposition import PLSRegression
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, SplineTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import all_estimators

from handler.engines.package_description import DESCRIPTION_FILE, PackageDescription
from packager.build import CACHE, HANDLER, Package, copy_handler
from packager.contents import ships_from_wheel
from packager.wheels.fetching import fetch_wheels
from tests.package.conftest import Probe

MODELS = {
    "linear": make_pipeline(StandardScaler(), LogisticRegression()),
    "ridge": RidgeCV(),
    "kernel ridge": KernelRidge(),
    "support vectors": SVC(),
    "tree": DecisionTreeClassifier(random_state=0),
    "forest": RandomForestClassifier(n_estimators=10, random_state=0),
    "isolation forest": IsolationForest(n_estimators=10, random_state=0),
    "gradient boosting": GradientBoostingClassifier(n_estimators=5, random_state=0),
    "histogram boosting": HistGradientBoostingClassifier(max_iter=5, random_state=0),
    "neighbours": KNeighborsClassifier(),
    "naive bayes": GaussianNB(),
    "discriminants": LinearDiscriminantAnalysis(),
    "neural network": MLPClassifier((5,), solver="lbfgs", max_iter=500, random_state=0),
    "gaussian process": GaussianProcessClassifier(random_state=0),
    "mixture": GaussianMixture(3, random_state=0),
    "clusters": KMeans(3, n_init=1, random_state=0),
    "cross decomposition": PLSRegression(2),
    "calibration": CalibratedClassifierCV(GaussianNB()),
    "stacking": StackingClassifier([("neighbours", KNeighborsClassifier()), ("bayes", GaussianNB())]),
    "dummy": DummyClassifier(),
    "columns": make_pipeline(
        ColumnTransformer(
            [
                ("spline", SplineTransformer(), [0]),
                ("quantile", QuantileTransformer(n_quantiles=20), [1]),
                ("bins", OneHotEncoder(handle_unknown="ignore"), [2]),
            ],
            remainder=PCA(1),
            sparse_threshold=0,
        ),
        LogisticRegression(),
    ),
}
"""One or more of each family of estimators that answers `predict`."""


def test_every_public_estimator_of_scikit_learn_imports(deployed: Path, probe: Probe) -> None:
    assert probe("estimators.py", deployed) == {name: estimator.__module__ for name, estimator in all_estimators()}


def test_every_module_imports_or_fails_as_it_does_from_the_whole_wheels(
    package: Package, deployed: Path, probe: Probe, tmp_path: Path
) -> None:
    modules: list[str] = []
    for wheel in fetch_wheels(HANDLER / "requirements.txt", package.target, CACHE):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path)
            modules += [module for name in archive.namelist() if (module := _module(PurePosixPath(name)))]
    copy_handler(HANDLER, tmp_path / "handler")
    assert len(modules) > 1500
    asked = json.dumps(sorted(modules)).encode()
    assert probe("modules.py", deployed, stdin=asked) == probe("modules.py", tmp_path, stdin=asked)


def _module(path: PurePosixPath) -> str | None:
    if path.suffix != ".py" or path.stem == "__main__" or ".data" in path.parts[0] or not ships_from_wheel(path):
        return None
    parts = path.parent.parts if path.stem == "__init__" else path.with_suffix("").parts
    return ".".join(parts)


def test_fitted_models_of_every_family_load_and_answer_the_same(deployed: Path, probe: Probe, tmp_path: Path) -> None:
    features, target = load_iris(return_X_y=True)
    rows = features[::10]
    np.save(tmp_path / "rows.npy", rows)
    expected = {}
    for name, model in MODELS.items():
        model.fit(features, target)
        joblib.dump(model, tmp_path / f"{name}.joblib")
        expected[name] = model.predict(rows).tolist()
    answers = probe("models.py", deployed, str(tmp_path))
    assert sorted(answers) == sorted(expected)
    for name in expected:
        np.testing.assert_allclose(answers[name], expected[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_nothing_ships_that_is_not_needed_to_run(packages: dict[str, Package], architecture: str) -> None:
    tree = packages[architecture].tree
    paths = [path.relative_to(tree) for path in tree.rglob("*")]
    top = {path.parts[0] for path in paths}
    not_ours = {"boto3", "botocore", "s3transfer", "urllib3", "pip", "bin"}
    assert not top & {*not_ours, "training", "tests", "packager", "ops"}
    assert not {path.suffix for path in paths} & {".pyi", ".pyx", ".pxd", ".h", ".a", ".c", ".cpp", ".f90"}
    assert not [path for path in paths if "tests" in path.parts or path.name == "conftest.pyc"]
    assert {path.name for path in paths if path.parts[0].endswith(".dist-info") and len(path.parts) > 1} == {"METADATA"}
    assert [path.as_posix() for path in paths if path.suffix == ".py" and path.parts[0] != "handler"] == []


def test_handler_ships_whole_and_without_what_builds_it(package: Package) -> None:
    folder = package.tree / "handler"
    shipped = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert shipped >= {path.name for path in HANDLER.glob("*.py")}
    assert not shipped & {"Makefile", "requirements.in", "requirements.txt"}


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_a_package_says_of_itself_what_is_in_it(packages: dict[str, Package], architecture: str) -> None:
    tree = packages[architecture].tree
    described = PackageDescription.from_json((tree / DESCRIPTION_FILE).read_bytes())
    for engine in described.engines.values():
        for library, version in engine.versions.items():
            assert library == "python" or list(tree.glob(f"{library.replace('-', '_')}-{version}.dist-info")), library
