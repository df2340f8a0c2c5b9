"""`handler.engines.versions`: which library versions may meet."""

import pytest

from handler.engines.shipped import LIBRARIES
from handler.engines.versions import installed_versions, require_runtime
from handler.errors.model import RuntimeMismatch

HERE = {"python": "3.13.0", "scikit-learn": "1.9.1", "numpy": "2.4.6", "scipy": "1.17.1", "joblib": "1.6.0"}


def test_the_installed_versions_are_those_of_the_libraries_and_fit_themselves() -> None:
    installed = installed_versions()
    assert set(installed) == {"python", *(library.name for library in LIBRARIES["scikit-learn"])}
    require_runtime(installed, installed)


@pytest.mark.parametrize(
    "change",
    [
        {"python": "3.11.9"},
        {"numpy": "2.4.0"},
        {"scipy": "1.17.9"},
        {"joblib": "1.6.3"},
        {"another-library": "1.0"},
    ],
)
def test_versions_that_pickle_alike_may_meet(change: dict[str, str]) -> None:
    require_runtime(HERE | change, HERE)


@pytest.mark.parametrize(
    ("library", "version"),
    [
        ("scikit-learn", "1.8.0"),
        ("scikit-learn", "1.9.0"),
        ("scikit-learn", "1.9.1.post1"),
        ("scikit-learn", "1.9"),
        ("numpy", "1.4.6"),
        ("numpy", "2.3.6"),
        ("scipy", "1.16.1"),
        ("joblib", "1.5.0"),
        ("python", "2.7.18"),
        ("numpy", ""),
    ],
)
def test_versions_that_may_pickle_otherwise_are_refused_by_name_with_both_numbers(library: str, version: str) -> None:
    with pytest.raises(RuntimeMismatch) as caught:
        require_runtime(HERE | {library: version}, HERE)
    assert f"{library} {version} (here {HERE[library]})" in str(caught.value)


@pytest.mark.parametrize("library", list(HERE))
def test_a_version_that_the_manifest_does_not_tell_is_refused(library: str) -> None:
    needed = {name: version for name, version in HERE.items() if name != library}
    with pytest.raises(RuntimeMismatch, match=f"{library} unknown"):
        require_runtime(needed, HERE)


def test_every_difference_is_told_at_once() -> None:
    with pytest.raises(RuntimeMismatch, match=r"scikit-learn 1\.8\.0 .*, numpy 1\.26\.4 "):
        require_runtime(HERE | {"scikit-learn": "1.8.0", "numpy": "1.26.4"}, HERE)
