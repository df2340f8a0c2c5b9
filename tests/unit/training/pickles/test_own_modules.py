"""The allow-list lets the modules through that travel with a model, and nothing else; else it says how they can."""

import pytest

from training.bring.loadable import require_loadable
from training.errors import UnpackableArtifact
from training.pickles.allowed import refusal_of_imports
from training.pickles.imports import Held, PickleContents


def contents(*imports: str) -> PickleContents:
    return PickleContents(imports, (), Held("sklearn.pipeline.Pipeline"))


def test_modules_that_travel_with_the_model_are_let_through_by_their_own_names_alone() -> None:
    named = contents("features.Ratio", "features.deep.Other", "sklearn.pipeline.Pipeline", "numpy.ndarray")
    assert refusal_of_imports(named, own={"features"}) is None
    require_loadable(named, own={"features"})
    assert refusal_of_imports(named) is not None
    for other in ("features_more.Ratio", "os.system", "builtins.eval", "pandas.DataFrame", "__main__.Ratio"):
        assert refusal_of_imports(contents("features.Ratio", other), own={"features"}) is not None


@pytest.mark.parametrize(
    "imported", ["__main__.Ratio", "cloudpickle.cloudpickle._make_skeleton_class", "dill._dill._create_type"]
)
def test_a_class_of_the_script_is_told_to_move_to_a_module_that_travels(imported: str) -> None:
    with pytest.raises(UnpackableArtifact) as raised:
        require_loadable(contents(imported))
    for words in ("features.py, import it from there", "fit and dump again", "--code features.py"):
        assert words in str(raised.value)


def test_a_module_that_was_not_given_is_asked_for_by_its_name() -> None:
    assert "let it travel with the model: --code churn.py, or its folder" in str(
        refusal_of_imports(contents("churn.steps.A"))
    )
