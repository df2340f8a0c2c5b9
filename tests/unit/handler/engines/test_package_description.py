"""What a package says of itself: all that a function of it reads, and nothing that another release could misread."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import handler
from handler.engines.package_description import PackageDescription, describe
from handler.engines.shipped import FORMS
from handler.records.decoding import Undecodable
from handler.registry.alias import ALIAS_FORMAT_VERSION
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION
from handler.serving.engine_choice import ENGINES
from packager.wheels.lockfile import parse_lock
from training.release.shipped import shipped_versions

ROOT = Path(handler.__file__).parents[1]
PINS = {pin.name: pin.version for pin in parse_lock((ROOT / "handler/requirements.txt").read_text())}


def test_each_form_names_the_engine_that_loads_it() -> None:
    assert {form: made().name for form, made in ENGINES.items()} == FORMS


def test_it_says_every_format_and_every_engine_with_the_versions_that_models_are_made_against() -> None:
    described = describe(PINS)
    assert described.manifest_formats == tuple(range(1, MANIFEST_FORMAT_VERSION + 1))
    assert described.alias_formats == (ALIAS_FORMAT_VERSION,)
    assert list(described.engines) == ["joblib"]
    assert described.engines["joblib"].name == "scikit-learn"
    assert described.engines["joblib"].versions == shipped_versions()


def test_it_comes_back_unchanged() -> None:
    described = describe(PINS)
    assert PackageDescription.from_json(described.to_json()) == described


def changed(**fields: Any) -> str:
    return json.dumps({**json.loads(describe(PINS).to_json()), **fields})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "must be an object"),
        ("{}", "lacks the field"),
        (changed(more=1), "unknown field 'more'"),
        (changed(manifest_formats="12"), "manifest_formats must be a list"),
        (changed(engines={"joblib": "scikit-learn"}), r"engines\.joblib must be an object"),
        (changed(format_version=2, more=1), "it has format 2, and this code reads formats up to 1"),
        (changed(format_version="1"), "format_version must be a whole number"),
    ],
)
def test_what_is_no_description_of_a_known_format_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Undecodable, match=said):
        PackageDescription.from_json(text)


def test_a_build_needs_nothing_installed_to_write_it() -> None:
    """`sam build` may run the packager before anything is: it uses the standard library alone."""
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import packager.build"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
