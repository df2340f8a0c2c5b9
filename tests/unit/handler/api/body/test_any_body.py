"""Whatever a client sends as its body, the function answers by the status table and never with a 5xx."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handler.api.application import Application
from tests.unit.handler.asking import as_base64, ask, http_event, rest_event

NAMES = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
CLIENT_STATUSES = {200, 400, 413, 415, 422}

measures = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**300), 10**300)
values: st.SearchStrategy[Any] = measures | st.none() | st.booleans() | st.text(max_size=4)
rows = (
    st.lists(measures, min_size=4, max_size=4)
    | st.lists(values, max_size=6)
    | st.dictionaries(st.sampled_from([*NAMES, "petal"]), values, max_size=5)
    | st.fixed_dictionaries(dict.fromkeys(NAMES, measures))
    | values
)
documents = st.dictionaries(
    st.sampled_from(["features", "instances", "model"]), rows | st.lists(rows, max_size=4), max_size=2
)
texts = st.text() | documents.map(json.dumps) | st.builds("{}{}".format, documents.map(json.dumps), st.text(max_size=2))
headers = st.none() | st.dictionaries(st.sampled_from(["Content-Type", "Accept", "X-Odd"]), st.text(), max_size=2)


@given(st.binary() | texts.map(str.encode), headers)
def test_any_bytes_in_base64_are_answered_by_the_status_table(
    iris_application: Application, body: bytes, headers: dict[str, str] | None
) -> None:
    for event in (rest_event("", headers=headers), http_event("", headers=headers)):
        assert ask(iris_application, as_base64(event, body)).status in CLIENT_STATUSES


@given(texts, headers, st.booleans())
def test_any_text_is_answered_by_the_status_table_marked_as_base64_or_not(
    iris_application: Application, body: str, headers: dict[str, str] | None, marked: bool
) -> None:
    for event in (rest_event(body, headers=headers), http_event(body, headers=headers)):
        answer = ask(iris_application, {**event, "isBase64Encoded": marked})
        assert answer.status in CLIENT_STATUSES


@given(st.text(), st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]))
def test_any_path_is_answered_by_the_status_table(iris_application: Application, path: str, method: str) -> None:
    for event in (rest_event("{}", path=f"/{path}", method=method), http_event("{}", path=f"/{path}", method=method)):
        assert ask(iris_application, event).status in CLIENT_STATUSES | {404, 405}


@given(st.lists(st.lists(st.floats(-3e38, 3e38), min_size=4, max_size=4), min_size=1, max_size=20))
def test_any_rows_of_numbers_are_answered_in_order(iris_application: Application, batch: list[list[float]]) -> None:
    answered = ask(iris_application, rest_event(json.dumps({"instances": batch}))).body["predictions"]
    one_by_one = [ask(iris_application, rest_event(json.dumps({"features": row}))).body for row in batch]
    assert [row["prediction"] for row in answered] == [row["prediction"] for row in one_by_one]
