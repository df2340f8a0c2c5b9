"""The contract that docs/ keeps is the one that is served."""

from handler.serving.predictor import load_predictor
from tests.contract.kept_copy import KEPT, contract_text
from training.release.publish import TrainedFolder


def test_the_copy_in_docs_is_the_contract_of_iris_as_it_is_trained_now(iris: TrainedFolder) -> None:
    assert KEPT.read_text(encoding="utf-8") == contract_text(load_predictor(iris.artifact)), (
        "The contract changed. If it should: `python -m tests.contract.kept_copy` writes docs/openapi-iris.json anew, "
        "and `make contract` says whether clients break."
    )
