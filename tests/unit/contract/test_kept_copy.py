"""The contract that docs/ keeps is the one that is served."""

from handler.manifest import Manifest
from tests.contract.kept_copy import KEPT, contract_text


def test_the_copy_in_docs_is_the_contract_of_iris_as_it_is_trained_now(iris_manifest: Manifest) -> None:
    assert KEPT.read_text(encoding="utf-8") == contract_text(iris_manifest), (
        "The contract changed. If it should: `python -m tests.contract.kept_copy` writes docs/openapi-iris.json anew, "
        "and `make contract` says whether clients break."
    )
