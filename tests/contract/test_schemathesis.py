"""The contract that is served holds: what fits it is answered, what does not is refused, all in the forms it names."""

from pathlib import Path

import pytest

from tests.contract.schemathesis_run import run_schemathesis
from tests.local_service import serving
from tests.served_models import write, write_twin
from tests.without_scikit_learn import WITHOUT_SCIKIT_LEARN

SECONDS = 35
CASES = 50
"""Fewer than a busy machine makes in that time; one that has nothing else to do makes one or two thousand."""


@pytest.mark.parametrize("model", ["iris", "categories", "kinds", "regression"])
def test_schemathesis_finds_nothing(model: str, tmp_path: Path) -> None:
    with serving(write(model, tmp_path / "registry"), tmp_path / "served.log") as url:
        outcome = run_schemathesis(url, tmp_path, SECONDS)
    print(f"{model}: {outcome.cases} cases, {outcome.failures} failures")
    assert outcome.failures == 0, outcome.said
    assert outcome.cases >= CASES, outcome.said


def test_schemathesis_finds_nothing_where_onnx_runtime_answers_and_scikit_learn_is_not_there(tmp_path: Path) -> None:
    root = write_twin("categories", tmp_path / "registry")
    with serving(root, tmp_path / "served.log", WITHOUT_SCIKIT_LEARN) as url:
        outcome = run_schemathesis(url, tmp_path, SECONDS)
    print(f"the twin of categories: {outcome.cases} cases, {outcome.failures} failures")
    assert outcome.failures == 0, outcome.said
    assert outcome.cases >= CASES, outcome.said


def test_schemathesis_would_find_a_valid_request_that_is_refused(tmp_path: Path) -> None:
    """The test above can fail: here each body says that it is no JSON."""
    with serving(write("iris", tmp_path / "registry"), tmp_path / "served.log") as url:
        assert run_schemathesis(url, tmp_path, 2, {"Content-Type": "text/plain"}).failures
