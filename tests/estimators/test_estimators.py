"""Whatever answers predict in scikit-learn is served, and answers through the handler what it answers itself."""

from pathlib import Path

import pytest

from tests.estimators.document import PAGE, page
from tests.estimators.recipes import recipes
from tests.estimators.service import Outcome, outcomes
from training.twin.outcome import Twin

RECIPES = list(recipes())
WITHOUT_TWIN = {
    "GaussianProcessClassifier",
    "StackingClassifier, several labels",
    # Of equally near neighbours the library chooses by the order in which it visits them.
    *("LocalOutlierFactor", "KNeighborsClassifier, several labels"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    served = outcomes(RECIPES, Path(tmp_path_factory.mktemp("estimators")))
    return {one.recipe.name: one for one in served}


@pytest.mark.parametrize("name", [recipe.name for recipe in RECIPES])
def test_the_handler_answers_what_the_estimator_answers_itself(name: str, found: dict[str, Outcome]) -> None:
    one = found[name]
    assert one.refusal is None
    assert one.answers == one.own


def test_most_have_a_twin(found: dict[str, Outcome]) -> None:
    without = {name for name, one in found.items() if not isinstance(one.twin, Twin)}
    assert without <= WITHOUT_TWIN


def test_the_page_of_the_estimators_is_current(found: dict[str, Outcome]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(list(found.values())), (
        "write it again: python -m tests.estimators.document"
    )
