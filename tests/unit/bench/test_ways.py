"""An answer that differs, is missing, or came twice is counted, whichever way it came."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.ways.__main__ import main
from bench.ways.asked.question import Asked, Question, Said
from bench.ways.asked.tables import flattened, read_parts
from bench.ways.asked.way import Counted, of_requests, of_rows
from bench.ways.deployed.messages import in_order
from bench.ways.every import WAYS
from ops.commands import ROOT

ANSWER = {"prediction": "a", "prediction_index": 0, "probabilities": {"a": 0.1 + 0.2, "b": 0.7}}
REFUSAL = {"status": 422, "code": "invalid_features", "error": "No.", "details": [{"feature": "x", "problem": "gap"}]}
SAID: tuple[Said, ...] = ({"answer": ANSWER}, {"refusal": REFUSAL}, {"answer": ANSWER})
ASKED = Asked('{"instances": [[1], [3]]}', 2, 200, {"predictions": [ANSWER, ANSWER]})
QUESTION = Question(("x",), ((1,), (None,), (3,)), SAID, (ASKED, Asked('{"features": [null]}', 1, 422, {"code": "c"})))
GIVEN = [(2, SAID[2]), (0, SAID[0]), (1, SAID[1])]


def test_rows_that_are_answered_alike_differ_nowhere_in_whatever_order() -> None:
    assert of_rows(QUESTION, GIVEN) == Counted(3, 0)


@pytest.mark.parametrize(
    "given",
    [
        GIVEN[:2],
        [*GIVEN, GIVEN[0]],
        [*GIVEN, (3, SAID[0])],
        [*GIVEN[:2], (1, {"answer": ANSWER})],
        [(2, {"answer": {**ANSWER, "probabilities": {"a": 0.3, "b": 0.7}}}), *GIVEN[1:]],
        [(2, {"answer": {**ANSWER, "prediction_index": 0.0}}), *GIVEN[1:]],
    ],
    ids=["missing", "twice", "unasked", "answered for refused", "another last bit", "another kind of number"],
)
def test_what_is_not_as_predict_says_is_counted(given: list[tuple[int, Said]]) -> None:
    assert of_rows(QUESTION, given) == Counted(3, 1)


def test_requests_count_with_all_their_rows_and_their_ids_do_not() -> None:
    second = (422, {"code": "c", "request_id": "1"})
    assert of_requests(QUESTION, [(200, {**ASKED.answer, "request_id": "2"}), second]) == Counted(3, 0)
    assert of_requests(QUESTION, [None, second]) == Counted(3, 2)
    assert of_requests(QUESTION, [(200, {**ASKED.answer, "warnings": []}), (400, {"code": "c"})]) == Counted(3, 3)


def test_a_message_with_two_different_answers_has_none() -> None:
    one, other = {"status": 200, "body": 1}, {"status": 200, "body": 2}
    assert in_order(["a", "b", "c"], {"a": [one, one], "b": [one, other]}) == [(200, 1), None, None]


def test_a_way_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--only", "csv", "pigeon"])
    assert ended.value.code == 2
    assert "pigeon" in capsys.readouterr().err


def test_the_page_shows_each_way_with_the_command_that_repeats_it() -> None:
    page = (ROOT / "docs/scale.md").read_text()
    shown = re.findall(r"^\| (.+?) \| .* `make same-answers ONLY=(\S+)` \| [\d,]+ \| 0 \|$", page, re.MULTILINE)
    assert shown == [(way.name, way.word) for way in WAYS]


def test_a_csv_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "refused").mkdir()
    answered = "0.30000000000000004,0.7\n"
    (tmp_path / "x-00000.csv").write_text(
        f"row,id,prediction,prediction_index,probabilities.a,probabilities.b\n0,0,a,0,{answered}2,2,a,0,{answered}"
    )
    (tmp_path / "refused/x-00000.csv").write_text(
        "row,id,status,code,error,details\n"
        '1,1,422,invalid_features,No.,"[{""feature"": ""x"", ""problem"": ""gap""}]"\n'
    )
    (tmp_path / "summary.json").write_text("{}")
    flat = flattened(QUESTION)
    assert of_rows(flat, read_parts(tmp_path, flat)) == Counted(3, 0)
    cut = replace(flat, said=(*flat.said[:2], {"answer": {"prediction": "b"}}))
    assert of_rows(cut, read_parts(tmp_path, flat)) == Counted(3, 1)
