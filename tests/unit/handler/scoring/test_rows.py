"""`answer_rows` and `answer_array`: each row has the answer or the refusal that POST /predict gives it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from handler.api.application import Application
from handler.records.signature import Domain, Feature
from handler.scoring.rows import answer_array, answer_rows
from handler.serving.predictor import Predictor
from handler.settings import DEFAULT_MAX_ROWS
from tests import served_models
from tests.unit.handler.models import Version, version_with
from tests.unit.handler.scoring.as_asked import as_asked, parsed, repeated, serving
from tests.unit.handler.tasks import task_version

X, Y = load_iris(return_X_y=True)
SPECIES = ("setosa", "versicolor", "virginica")

NUMBERS = [
    Feature("a", "number", domain=Domain(minimum=0.0)),
    Feature("b", "number", nullable=True, domain=Domain(values=(0.0, 1.0, 2.5))),
    Feature('c "%s" \u00fc', "number"),
    Feature("d", "number", nullable=True),
]
"""What is taken of each differs."""

SCALARS = (
    *("0", "1", "2.5", "-0.0", "-1", "3e38", "1e39", "-1e999", "1e999", "0.1234567890123456789", "5e-324", "null"),
    *("true", '"x"', '"\\ud800"', "[1]", "[]", "{}", '{"a": 1, "a": 2}', "12345678901234567890123", "1" + 310 * "0"),
)
values = st.sampled_from(SCALARS)


def row_texts(names: Sequence[str], of: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Rows as JSON texts: lists and objects that are right, too short, too long, or have a name twice."""
    keys = [json.dumps(name) for name in names]
    whole = st.tuples(*[of] * len(names))
    pairs = st.lists(st.tuples(st.sampled_from([*keys, '"other"']), of), max_size=len(names) + 1)
    return st.one_of(
        whole.map(lambda row: f"[{', '.join(row)}]"),
        whole.map(lambda row: _object(zip(keys, row, strict=True))),
        whole.map(lambda row: _object([*zip(keys, row, strict=True), (keys[0], row[0])])),
        st.lists(of, max_size=len(names) + 1).map(lambda row: f"[{', '.join(row)}]"),
        pairs.map(_object),
        of,
    )


def _object(pairs: Any) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"


def tree() -> Version:
    return version_with(
        DecisionTreeClassifier(max_depth=3).fit(X, Y), [1.0, 1.0, 1.0, 1.0], classes=SPECIES, features=NUMBERS
    )


@pytest.fixture(scope="module")
def of_numbers(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return serving(tree(), tmp_path_factory.mktemp("numbers"))


@pytest.fixture(scope="module")
def of_kinds(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return serving(served_models.kinds(), tmp_path_factory.mktemp("kinds"))


@settings(max_examples=25)
@given(rows=st.lists(row_texts([feature.name for feature in NUMBERS], values), min_size=1, max_size=6))
def test_each_row_of_numbers_is_answered_or_refused_as_by_predict(of_numbers: Application, rows: list[str]) -> None:
    assert repeated(answer_rows(of_numbers.predictor(), parsed(rows)), as_asked(of_numbers, rows))


KINDS = [feature.name for feature in served_models.KINDS]
of_any_kind = st.sampled_from([*SCALARS, "3", "10", "false", '"A"', '"B"', '"paid"', '"' + 41 * "x" + '"', "2.0"])


@settings(max_examples=10)
@given(rows=st.lists(row_texts(KINDS, of_any_kind), min_size=1, max_size=6))
def test_each_row_of_every_kind_is_answered_or_refused_as_by_predict(of_kinds: Application, rows: list[str]) -> None:
    sound = '[30, 1, true, "A", "came alone", 10, false, "paid"]'
    assert repeated(answer_rows(of_kinds.predictor(), parsed([sound, *rows])), as_asked(of_kinds, [sound, *rows]))


numbers = st.sampled_from([0.0, -0.0, 1.0, 2.5, -1.0, 3e38, 1e39, np.inf, np.nan, 5e-324])


@settings(max_examples=25)
@given(st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=6), st.data())
def test_an_array_is_answered_as_its_rows_are(
    of_numbers: Application, rows: list[tuple[float, ...]], data: st.DataObject
) -> None:
    texts = [[spelled(value) for value in row] for row in rows]
    suspect = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    array = np.array(rows)
    for place in np.flatnonzero(suspect).tolist():
        texts[place][0] = data.draw(values)
        array[place, 0] = np.nan
    sent = [f"[{', '.join(row)}]" for row in texts]
    # A table has its values column by column, in another order of memory than a request's rows.
    outcome = answer_array(of_numbers.predictor(), np.asfortranarray(array), suspect, parsed(sent).__getitem__)
    assert repeated(outcome, as_asked(of_numbers, sent))


def spelled(value: float) -> str:
    return "null" if np.isnan(value) else "1e999" if np.isinf(value) else repr(value)


@pytest.mark.parametrize(
    "name", ["forest of outliers", "mixture", "two classes at once", "labels of one against the rest", "scores"]
)
def test_the_rows_of_each_task_are_answered_in_their_order_around_those_that_are_refused(
    name: str, tmp_path: Path
) -> None:
    application = serving(task_version(name), tmp_path)
    rows = [json.dumps(row) for row in X[::10].tolist()]
    rows[0], rows[7], rows[-1] = '[1, "2", 3, 4]', "[1, 2, 3]", "[1, null, 3, 1e999]"
    expected = as_asked(application, rows)
    assert [*expected.refusals] == [0, 7, 14]
    assert repeated(answer_rows(application.predictor(), parsed(rows)), expected)
    suspect = np.zeros(len(rows), dtype=np.bool_)
    suspect[[0, 7, 14]] = True
    array = X[::10].copy()
    array[suspect] = np.nan
    assert repeated(answer_array(application.predictor(), array, suspect, lambda place: parsed(rows)[place]), expected)


class Fails(RegressorMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Raises over a row whose first value is below 0, and over more than two rows at once."""

    def predict(self, rows: NDArray[Any]) -> NDArray[Any]:
        if (rows[:, 0] < 0).any() or len(rows) > 2:
            raise FloatingPointError
        summed: NDArray[Any] = rows.sum(axis=1)
        return summed


def of_logarithms() -> Version:
    model = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression(max_iter=500)).fit(X, Y)
    return version_with(model, X[75].tolist(), classes=SPECIES)


def of_neighbours() -> Version:
    model = RadiusNeighborsClassifier(radius=1.0, outlier_label=-1).fit(X, Y)
    return version_with(model, X[75].tolist(), classes=SPECIES)


def that_overflows() -> Version:
    model = LinearRegression().fit(X, Y)
    model.coef_ = np.array([1e300, 1.0, 1.0, 1.0])
    return version_with(model, [0.0, 1.0, 1.0, 1.0])


FAR = "[99, 99, 99, 99]"


@pytest.mark.filterwarnings("ignore:Outlier label:UserWarning", "ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    ("made", "sound", "bad", "code"),
    [
        (of_logarithms, "[5, 3, 4, 1]", ["[-5, 3, 4, 1]", "[5, -3, -4, 1]"], "refused_by_model"),
        (of_neighbours, "[5.1, 3.5, 1.4, 0.2]", [FAR, FAR], "no_class"),
        (that_overflows, "[0, 1, 2, 3]", ["[1e30, 1, 1, 1]", "[-1e30, 1, 1, 1]"], "no_finite_answer"),
    ],
)
def test_rows_that_the_model_itself_refuses_are_told_as_each_is_alone_however_many(
    made: Any, sound: str, bad: list[str], code: str, tmp_path: Path
) -> None:
    application = serving(made(), tmp_path)
    rows = [sound, *bad, sound, *bad * 12, "[1, 2]", sound]
    expected = as_asked(application, rows)
    assert [refusal.code for refusal in expected.refusals.values()] == [code] * 26 + ["invalid_features"]
    outcome = answer_rows(application.predictor(), parsed(rows))
    assert repeated(outcome, expected)


def test_where_no_row_is_at_fault_by_itself_the_halves_are_asked() -> None:
    version = version_with(Fails(), [1.0, 1.0])
    outcome = answer_rows(version.load(), [[1, 1], [1, 2], [1, 3], [-1, 4], [1, 5]])
    assert [answer and answer["prediction"] for answer in outcome.answers] == [2, 3, 4, None, 6]
    assert {place: refusal.code for place, refusal in outcome.refusals.items()} == {3: "refused_by_model"}


@pytest.mark.parametrize("error", [FloatingPointError, MemoryError])
def test_what_a_broken_model_raises_passes_through(error: type[Exception]) -> None:
    predictor = version_with(LinearRegression().fit(X, Y), X[0].tolist()).load()

    def raising(_: Any) -> Any:
        raise error

    predictor.model.predict = raising  # type: ignore[method-assign, assignment] # to break it
    with pytest.raises(error):
        answer_rows(predictor, X[:5].tolist())


def test_so_many_rows_are_asked_at_once_as_one_request_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    predictor = version_with(LinearRegression().fit(X, Y), X[0].tolist()).load()
    asked: list[int] = []
    predict = predictor.model.predict

    def noting(rows: Any) -> Any:
        asked.append(len(rows))
        return predict(rows)

    monkeypatch.setattr(predictor.model, "predict", noting)
    rows = [*X[:1].tolist()] * (2 * DEFAULT_MAX_ROWS + 1)
    rows[5] = []
    outcome = answer_rows(predictor, rows)
    assert asked == [DEFAULT_MAX_ROWS - 1, DEFAULT_MAX_ROWS, 1]
    assert [place for place, answer in enumerate(outcome.answers) if answer is None] == [5] == [*outcome.refusals]


@pytest.mark.parametrize("count", [0, 1])
def test_no_row_and_rows_that_are_all_refused_ask_the_model_nothing(iris_predictor: Predictor, count: int) -> None:
    outcome = answer_rows(iris_predictor, [[]] * count)
    assert (list(outcome.answers), len(outcome.refusals)) == ([None] * count, count)
    array = np.full((count, 4), np.inf)
    assert len(answer_array(iris_predictor, array, np.zeros(count, np.bool_), lambda _: []).refusals) == count
