"""What ships is said once: a library is added to the statement, and shows wherever it matters."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from sklearn.linear_model import LinearRegression

import handler
from handler.engines.shipped import LIBRARIES, Library, requirements
from handler.engines.versions import installed_versions, require_runtime
from handler.errors.model import RuntimeMismatch
from packager.errors import BadLock
from packager.wheels.lockfile import require_stated
from training.bring.loadable import require_loadable
from training.errors import InvalidModelFile, UnpackableArtifact
from training.fit.estimators import estimator_class
from training.pickles.imports import Held, PickleContents
from training.release.shipped import shipped_versions

SOURCE = Path(handler.__file__).with_name("requirements.in").read_text()
LOCK = Path(handler.__file__).with_name("requirements.txt").read_text()
PIN = "lightgbm==4.6.0"
BOOSTED = PickleContents(("lightgbm.sklearn.LGBMRegressor",), (), Held("lightgbm.sklearn.LGBMRegressor"))


@pytest.fixture
def another_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more line in the statement, and the library installed."""
    line = Library("lightgbm", "lightgbm", compared=2, estimators=True)
    monkeypatch.setitem(LIBRARIES, "scikit-learn", (*LIBRARIES["scikit-learn"], line))
    module = ModuleType("lightgbm")
    boosted = type("LGBMRegressor", (LinearRegression,), {"__module__": "lightgbm.sklearn"})
    vars(module).update(__version__="4.6.0", LGBMRegressor=boosted)
    monkeypatch.setitem(sys.modules, "lightgbm", module)


def test_the_requirements_pin_what_the_statement_names_and_no_more() -> None:
    require_stated(requirements(), SOURCE, LOCK)
    assert set(shipped_versions()) == {"python", *(library.name for library in LIBRARIES["scikit-learn"])}


def test_a_pin_without_a_line_a_line_without_a_pin_and_a_stale_lock_are_refused() -> None:
    with pytest.raises(BadLock, match=r"pins lightgbm, and handler/engines/shipped\.py does not say"):
        require_stated(requirements(), f"{SOURCE}{PIN}\n", LOCK)
    with pytest.raises(BadLock, match=r"says that lightgbm ships, and handler/requirements\.in does not pin it"):
        require_stated({*requirements(), "lightgbm"}, SOURCE, LOCK)
    with pytest.raises(BadLock, match=r"requirements\.txt lacks lightgbm: run `make lock`"):
        require_stated({*requirements(), "lightgbm"}, f"{SOURCE}{PIN}\n", LOCK)


def test_without_its_line_another_family_is_nowhere() -> None:
    with pytest.raises(InvalidModelFile, match="is not of scikit-learn"):
        estimator_class("lightgbm.LGBMRegressor")
    with pytest.raises(UnpackableArtifact, match="needs lightgbm"):
        require_loadable(BOOSTED)


@pytest.mark.usefixtures("another_family")
def test_a_line_more_shows_in_the_versions_the_allow_list_the_lock_and_the_estimators() -> None:
    here = installed_versions()
    assert here["lightgbm"] == "4.6.0"
    require_runtime(here | {"lightgbm": "4.6.9"}, here)
    with pytest.raises(RuntimeMismatch, match=r"lightgbm 4\.5\.0 \(here 4\.6\.0\)"):
        require_runtime(here | {"lightgbm": "4.5.0"}, here)
    require_loadable(BOOSTED)
    with pytest.raises(BadLock, match="lightgbm ships"):
        require_stated(requirements(), SOURCE, LOCK)
    require_stated(requirements(), f"{SOURCE}{PIN}\n", f"{LOCK}{PIN} --hash=sha256:{'0' * 64}\n")
    assert estimator_class("lightgbm.LGBMRegressor").__name__ == "LGBMRegressor"
    with pytest.raises(InvalidModelFile, match="lightgbm has no"):
        estimator_class("lightgbm.Nothing")


@pytest.mark.usefixtures("another_family")
def test_a_model_made_before_a_family_was_added_still_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    here = installed_versions()
    before = {name: version for name, version in here.items() if name != "lightgbm"}
    require_runtime(before, here)
    # One that needs it where it is missing does not.
    monkeypatch.delitem(sys.modules, "lightgbm")
    assert "lightgbm" not in installed_versions()
    with pytest.raises(RuntimeMismatch, match=r"lightgbm 4\.6\.0 \(here none\)"):
        require_runtime(here, installed_versions())
