"""Writes docs/estimators.md: which of scikit-learn's estimators are served, as this tier finds it.

    python -m tests.estimators.document

A test of the tier fails while the page is not what this would write.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import sklearn

from tests.estimators.recipes import MORE, recipes
from tests.estimators.service import ROWS, Outcome, outcomes
from tests.estimators.twins import said
from tests.estimators.unserved import refusals
from training.twin.outcome import Twin

PAGE = Path(__file__).parents[2] / "docs" / "estimators.md"

TASKS = {
    "classification": "classification",
    "regression": "regression",
    "outlier_detection": "outlier detection",
    "clustering": "clustering",
    "several_targets": "several targets",
    "multilabel": "several labels",
}


def page(found: Sequence[Outcome]) -> str:
    """The page of these outcomes."""
    more = {recipe.name for recipe in MORE}
    own = [one for one in found if one.recipe.name not in more]
    served = sum(one.is_equal for one in own)
    twins = sum(isinstance(one.twin, Twin) for one in own)
    refused = "".join(f"- `{name}`: {sentence}\n" for name, sentence in refusals().items())
    return f"""# Which of scikit-learn's estimators are served

Written by `python -m tests.estimators.document`; `make test-estimators` fails where it is not current. Each estimator
is fitted to data that suits it, packaged, published, promoted to a directory, and asked through the handler, with
imports deferred as in Lambda. It counts as served where its answers to {ROWS} rows are its own to the last digit.

Of scikit-learn {sklearn.__version__}'s public estimators with `predict`, **{served} of {len(own)}** are served.
**{twins} of {len(own)}** get a [twin](onnx.md#the-twin), a second form for ONNX Runtime: the last column says what its
graph takes, and how far its answers may be from the model's, or why there is none. They are compared on {ROWS} rows of
the data, 2,000 rows that are drawn over its ranges, and rows at the thresholds of all trees. Of equally near neighbours
scikit-learn takes those that it visits first, so that an estimator whose answer depends on them may have no twin.

{_table(own)}

Some are served in more ways than one:

{_table([one for one in found if one.recipe.name in more])}

What has no `predict` for new rows is refused, with what to do instead:

{refused}"""


def _table(found: Sequence[Outcome]) -> str:
    rows = [f"| `{one.recipe.name}` | {_task(one)} | {_verdict(one)} | {_twin(one)} |" for one in found]
    return "\n".join(["| estimator | task | answers | twin |", "|---|---|---|---|", *rows])


def _task(one: Outcome) -> str:
    return TASKS[one.manifest.task] if one.manifest is not None else ""


def _verdict(one: Outcome) -> str:
    if one.is_equal:
        return "equal"
    return f"not served: {one.refusal}" if one.refusal else "differ"


def _twin(one: Outcome) -> str:
    return "" if one.twin is None else said(one.twin)


def main() -> int:
    """Fit, serve and ask all of them, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        text = page(outcomes(recipes(), Path(folder)))
    PAGE.write_text(text, encoding="utf-8")
    print(f"Wrote docs/{PAGE.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
