"""What ships is said once: a library is added to the statement, and shows wherever it matters."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from sklearn.linear_model import LinearRegression

import handler
from handler.engines import shipped
from handler.engines.shipped import LIBRARIES, OPTIONAL, SHIPPED_TOO, Library, requirements, requirements_files
from handler.engines.versions import installed_versions, require_runtime, versions_in_use
from handler.errors.model import RuntimeMismatch
from packager.errors import BadLock
from packager.wheels.lockfile import parse_lock, require_stated
from tests.makefile import MAKEFILE
from training.bring.loadable import require_loadable
from training.errors import InvalidModelFile, UnpackableArtifact
from training.fit.estimators import estimator_class
from training.pickles.imports import Held, PickleContents
from training.release.shipped import shipped_versions

SOURCE = Path(handler.__file__).with_name("requirements.in").read_text()
LOCK = Path(handler.__file__).with_name("requirements.txt").read_text()
PIN = "lightgbm==4.6.0"
LINE = "SHIPPED_TOO: tuple[str, ...] = ()"
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


def switched_on(*names: str) -> ModuleType:
    """The statement with one line changed."""
    text = Path(shipped.__file__).read_text()
    assert text.count(LINE) == 1
    module = ModuleType("shipped_too")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(text.replace(LINE, f"{LINE.removesuffix('()')}{names!r}"), vars(module))  # noqa: S102 - our own text
    del sys.modules[module.__name__]
    return module


def test_nothing_ships_beside_scikit_learn_until_it_is_switched_on() -> None:
    assert SHIPPED_TOO == ()
    assert requirements_files() == ("requirements.txt",)
    assert not {library.name for library in OPTIONAL.values()} & requirements()


@pytest.mark.parametrize("names", [("lightgbm",), ("xgboost",), ("lightgbm", "xgboost")])
def test_one_line_switches_a_library_on_in_all_that_is_derived_from_the_statement(names: tuple[str, ...]) -> None:
    on = switched_on(*names)
    added = {OPTIONAL[name].name for name in names}
    assert on.requirements() == requirements() | added
    assert on.requirements_files() == ("requirements.txt", *(f"requirements-{name}.txt" for name in names))
    assert on.artifact_modules() == (*shipped.artifact_modules(), *names)
    assert [library.module for library in on.estimator_libraries()] == ["sklearn", *names]
    assert on.pinned_versions(dict.fromkeys(added, "1.0")).keys() == {"python", *added}
    # The other package has no part in it.
    assert on.requirements("onnx") == requirements("onnx")
    assert on.requirements_files("onnx") == requirements_files("onnx")


@pytest.mark.parametrize("names", [("lightgbm",), ("xgboost",), ("lightgbm", "xgboost")])
def test_its_pins_are_there_and_are_the_library_alone(names: tuple[str, ...]) -> None:
    on = switched_on(*names)
    folder = Path(handler.__file__).parent
    source, lock = (
        "".join((folder / file).with_suffix(suffix).read_text() for file in on.requirements_files())
        for suffix in (".in", ".txt")
    )
    require_stated(on.requirements(), source, lock)
    for name in names:
        pins = parse_lock((folder / f"requirements-{name}.txt").read_text())
        assert [pin.name for pin in pins] == [OPTIONAL[name].name]
        assert f"$(call BESIDE,handler/requirements-{name},handler/requirements.txt)" in MAKEFILE


@pytest.mark.parametrize("names", [(), ("lightgbm",), ("lightgbm", "xgboost")])
def test_make_installs_what_the_line_names(names: tuple[str, ...], tmp_path: Path) -> None:
    statement = tmp_path / "handler/engines/shipped.py"
    statement.parent.mkdir(parents=True)
    text = Path(shipped.__file__).read_text()
    statement.write_text(text.replace(LINE, f"{LINE.removesuffix('()')}{names!r}".replace("'", '"')))
    (tmp_path / "Makefile").write_text(MAKEFILE)
    command = ["make", "--eval", "asked: ; @echo $(SHIPPED_TOO)", "asked"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == list(names)
    assert re.search(r"^install: .*\$\(SHIPPED_TOO:%=\$\(VENV\)/installed-%\)", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_model_that_needs_what_does_not_ship_is_refused_by_its_versions(name: str) -> None:
    here = installed_versions()
    with pytest.raises(RuntimeMismatch, match=rf"{OPTIONAL[name].name} 9\.8\.7 \(here none\)"):
        require_runtime(here | {OPTIONAL[name].name: "9.8.7"}, here)


@pytest.mark.parametrize("name", OPTIONAL)
def test_who_names_what_does_not_ship_is_told_how_to_switch_it_on(name: str) -> None:
    with pytest.raises(InvalidModelFile, match=rf"name {name} in SHIPPED_TOO of handler/engines/shipped\.py and run"):
        estimator_class(f"{name}.Regressor")
    held = PickleContents((f"{name}.sklearn.Regressor",), (), Held(f"{name}.sklearn.Regressor"))
    with pytest.raises(UnpackableArtifact, match=r"name it in SHIPPED_TOO of handler/engines/shipped\.py, and run"):
        require_loadable(held)


@pytest.mark.usefixtures("another_family")
def test_a_model_says_that_it_needs_a_library_only_where_its_process_imported_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert versions_in_use() == installed_versions()
    monkeypatch.delitem(sys.modules, "lightgbm")
    assert "lightgbm" not in versions_in_use()
    assert {"python", "scikit-learn", "numpy", "scipy", "joblib"} == versions_in_use().keys()
