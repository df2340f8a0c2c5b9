"""A CSV is read as `train` and pandas read it; a row that cannot be read costs no other its place."""

import math
import random
import struct
from pathlib import Path

import pytest

from handler.records.signature import Feature
from tests.unit.training.scoring.reading.reads import CUSTOMER, MONTHS, PLAN, SPEND, read_file, written
from training.data.table.source import CsvForm
from training.data.text.numbers import NumberForm
from training.errors import InvalidTable

FORMS = {
    "marks of Europe": (
        ["months;spend;plan", "29;2055,42;pro", "55;663,5;team"],
        CsvForm(";", numbers=NumberForm(",")),
    ),
    "tabs": (["months\tspend\tplan", "29\t2055.42\tpro", "55\t663.5\tteam"], CsvForm("\t")),
    "thousands": (
        ["months,spend,plan", '29,"2,055.42",pro', '55,"663.5",team'],
        CsvForm(numbers=NumberForm(".", ",")),
    ),
    "spaces": (["months, spend, plan", "29, 2055.42, pro", "55, 663.5 , team "], CsvForm()),
    "an index, another order": ([",plan,spend,months", "0,pro,2055.42,29", "1,team,663.5,55"], CsvForm()),
    "a byte order mark": (["\ufeffmonths,spend,plan", "29,2055.42,pro", "55,663.5,team"], CsvForm()),
}


@pytest.mark.parametrize(("lines", "form"), FORMS.values(), ids=FORMS)
def test_the_same_rows_are_read_however_the_file_is_written(tmp_path: Path, lines: list[str], form: CsvForm) -> None:
    read = read_file(written(tmp_path / "a.csv", lines), form=form)
    assert read.sent == [[29, 2055.42, "pro"], [55, 663.5, "team"]]
    assert read.refused == {}


def test_other_encodings_and_the_suffix_tsv_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("months\tspend\tplan\n1\t2\té\n", encoding="utf-16")
    assert read_file(path, form=CsvForm(encoding="utf-16")).sent == [[1, 2, "é"]]


def test_a_number_is_the_float_that_python_reads_of_its_text(tmp_path: Path) -> None:
    draw = random.Random(0)  # noqa: S311 - drawn values, no secret
    texts = [repr(draw.uniform(-1, 1) * 10 ** draw.randint(-320, 38)) for _ in range(500)]
    texts += [f"{draw.randint(0, 10**19)}.{draw.randint(0, 10**19)}" for _ in range(500)]
    texts += ["9007199254740993", "-0", "+1.5", ".5", "5.", "007", "1E-05", "1e-400", "4e-324"]
    read = read_file(written(tmp_path / "a.csv", ["months", *texts]), (MONTHS,), rows=400)
    assert [row[0] for row in read.numbers] == [float(text) for text in texts]
    assert struct.pack("d", read.numbers[1001][0]) == struct.pack("d", -0.0)
    assert [float(row[0]) for row in read.sent] == [float(text) for text in texts]
    assert read.suspect == []


def test_what_is_no_number_is_sent_as_it_stands_and_never_becomes_a_gap(tmp_path: Path) -> None:
    texts = ["12", "abc", "inf", "-Infinity", "1e999", "0x1F", "1,5", "True", "1_0", "nan(1)"]
    read = read_file(
        written(tmp_path / "a.csv", ["months;spend", *(f"{text};1" for text in texts)]),
        (MONTHS,),
        CsvForm(";"),
        rows=99,
    )
    assert [row[0] for row in read.sent] == [12.0, *texts[1:]]
    assert read.suspect == list(range(1, len(texts)))
    assert all(math.isnan(row[0]) for row in read.numbers[1:])


def test_gaps_are_null_by_the_kind_of_the_feature(tmp_path: Path) -> None:
    known = Feature("plan", "category", categories=("NA", "pro"))
    path = written(tmp_path / "a.csv", ["months,spend,plan", "NA,1,NA", "?,NULL,", "-999,<NA>,?", " , None ,NULL"])
    read = read_file(path, (MONTHS, SPEND, known), CsvForm(missing=("?", "-999"), not_missing=("NULL",)))
    assert read.sent == [[None, 1, "NA"], [None, None, None], [None, None, None], [None, None, "NULL"]]
    numbers = read_file(path, (MONTHS, SPEND), CsvForm(missing=("?", "-999"), not_missing=("NULL",)))
    assert numbers.suspect == []
    assert [[math.isnan(value) for value in row] for row in numbers.numbers] == [[True, False], *[[True, True]] * 3]


def test_each_kind_has_its_own_values(tmp_path: Path) -> None:
    features = (
        Feature("code", "category", categories=(1, 2, 3)),
        Feature("yes", "boolean"),
        Feature("note", "text"),
        Feature("flag", "category", categories=("No", "Yes")),
        Feature("digits", "category", categories=("1", "2.5")),
    )
    path = written(
        tmp_path / "a.csv",
        [
            "code,yes,note,flag,digits",
            "3,True, a ,YES,1.0",
            "2.0,false,NA,no ,2.50",
            "1.5,0,True,maybe,x",
            "x,TRUE,é,Yes,1",
        ],
    )
    assert read_file(path, features, rows=9).sent == [
        [3, True, " a ", "Yes", "1"],
        [2, False, None, "No", "2.5"],
        [1.5, "0", "True", "maybe", "x"],
        ["x", True, "é", "Yes", "1"],
    ]


def test_a_row_of_another_length_or_of_no_utf_8_is_refused_and_the_others_keep_their_places(tmp_path: Path) -> None:
    lines: list[str | bytes] = ["months,spend,plan", "1", b"2,\xff,pro,9", "3,3,pro", "", '"4', '5",5,team', "6,6,6,6"]
    lines += [b"7,7,\xff\xfe", "8,8,team", "9,9"]
    read = read_file(written(tmp_path / "a.csv", lines), keep=["plan", "months"], rows=2)
    assert read.places == list(range(8))
    assert read.counts == [2, 2, 2, 2]
    assert {place: (refusal.status, refusal.code) for place, refusal in read.refused.items()} == {
        **dict.fromkeys((0, 1, 4, 7), (422, "invalid_features")),
        5: (400, "undecodable_body"),
    }
    assert [details.problem for details in read.refused[1].details] == [
        "expected 3 values as in the line of names, got 4"
    ]
    assert read.sent[2::4] == [[3, 3, "pro"], [8, 8, "team"]]
    assert [row["months"] for row in read.kept] == [None, None, "3", "4\n5", None, "7", "8", None]


def test_undecodable_bytes_in_a_column_that_is_not_read_refuse_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [b"months,spend,plan,note", b"1,2,pro,\xff", b"3,4,team,\xc3"])
    assert read_file(path).refused == {}
    assert len(read_file(path, keep=["note"]).refused) == 2


def test_rows_stay_in_their_places_over_all_blocks_and_chunks(tmp_path: Path) -> None:
    lines = [f"{place}" if place % 1000 == 7 else f"{place},{place}.5,{'pro' * 300}" for place in range(3000)]
    read = read_file(written(tmp_path / "a.csv", ["months,spend,plan", *lines]), rows=1024)
    assert read.counts == [1024, 1024, 952]
    assert sorted(read.refused) == [7, 1007, 2007]
    assert all(row[0] == place for place, row in enumerate(read.sent) if place not in read.refused)


def test_a_row_of_more_than_a_block_is_read(tmp_path: Path) -> None:
    lines = [
        "months,spend,plan",
        "1,1,pro",
        "2",
        *[f"3,3,{'x' * 1000}"] * 1500,
        f"4,4,{'x' * 2_000_000}",
        "5",
        "6,6,pro",
    ]
    read = read_file(written(tmp_path / "a.csv", lines), rows=1000)
    assert [row[0] for row in read.sent] == [1, None, *[3] * 1500, 4, None, 6]
    assert sorted(read.refused) == [1, 1503]


def test_a_table_without_rows_has_no_chunk(tmp_path: Path) -> None:
    assert read_file(written(tmp_path / "a.csv", ["months,spend,plan"]), keep=["*"]).counts == []


UNUSABLE = {
    "a column is missing": (
        ["months,plan", "1,pro"],
        "has no column 'spend', which the model takes; it has 'months', ",
    ),
    "another delimiter": (["months;spend;plan", "1;2;pro"], "add --delimiter ';'"),
    "a name stands twice": (["months,spend,plan, plan", "1,2,pro,pro"], "has two columns named 'plan'"),
    "another encoding": ([b"months,spend,plan,pr\xe9cis"], "is not utf-8: say which encoding it has"),
    "nothing": ([], "is empty: a table has a line of names"),
    "no such column to keep": (["months,spend,plan,id"], "has no column 'key' to keep; it has 'months', 'spend', "),
}


@pytest.mark.parametrize(("lines", "said"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_no_row_can_be_read_of_is_refused_at_once(tmp_path: Path, lines: list[str | bytes], said: str) -> None:
    keep = ["key"] if "keep" in said else []
    with pytest.raises(InvalidTable) as raised:
        read_file(written(tmp_path / "a.csv", lines), keep=keep)
    assert said in str(raised.value)


def test_kept_columns_are_the_texts_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ["id, months,spend,plan", "007, 1,2,pro", ",2,NA,team"])
    assert read_file(path, keep=["id", "spend", "id"]).kept == [
        {"id": "007", "spend": "2"},
        {"id": None, "spend": "NA"},
    ]
    assert read_file(path, keep=["*"]).kept[0] == {"id": "007", "months": " 1", "spend": "2", "plan": "pro"}


def test_numbers_are_there_only_where_all_features_are_numbers(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ["months,spend,plan", "1,2,pro"])
    assert read_file(path, (SPEND, MONTHS)).numbers == [[2, 1]]
    assert read_file(path, CUSTOMER).numbers == []
    assert read_file(path, (PLAN,)).sent == [["pro"]]
