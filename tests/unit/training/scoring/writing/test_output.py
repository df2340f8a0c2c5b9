"""A run that ended anywhere is taken up so that nothing is there twice and nothing is lost, in a folder and on S3."""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.unit.training.scoring.listed import ListedChunk, ListedInput, Told
from training.data.table.source import CsvForm
from training.data.text.numbers import NumberForm
from training.errors import ScoringFailed, UnusableOutput
from training.scoring.chunk import InputTag
from training.scoring.made import Format, Scored
from training.scoring.running.run import run
from training.scoring.running.summary import Summary
from training.scoring.writing.job import Job, Part, format_of, reading_of
from training.scoring.writing.opened import open_place
from training.scoring.writing.output import opened_output
from training.scoring.writing.place import Place

JOB = Job("20300101T000000Z-0123abcd", "f" * 64, reading_of(CsvForm()), ("id",), rows_per_part=2)
TABLE = ListedInput("table.csv", range(5))


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with mock_aws():
        boto3.Session(region_name="us-east-1").client("s3").create_bucket(Bucket="bucket")
        yield "s3://bucket"


@pytest.fixture
def folder(tmp_path: Path) -> Place:
    return open_place(str(tmp_path / "out"))


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    where = tmp_path if request.param == "folder" else f"{request.getfixturevalue('bucket')}/{uuid.uuid4().hex}"
    return open_place(f"{where}/out")


def score(
    place: Place, scorer: Told, *inputs: ListedInput, job: Job = JOB, resume: bool = False, advance: Any = float
) -> Summary:
    with opened_output(place, job, resume=resume) as output:
        return run(inputs or (TABLE,), output, scorer, advance)


def files(place: Place) -> dict[str, bytes | None]:
    return {name: place.read(name) for name in place.names()}


def test_each_chunk_becomes_a_part_named_for_its_input_with_a_receipt(place: Place) -> None:
    advanced: list[int] = []
    summary = score(place, Told(), advance=advanced.append)
    names = [f"table-{number:05}" for number in range(3)]
    receipts = [f"receipts/{name}.json" for name in names]
    assert sorted(files(place)) == sorted(
        [*(f"{name}.csv" for name in names), *receipts, "receipts/run.json", "summary.json"]
    )
    assert place.read("table-00002.csv") == b"table.csv 1 2 1"
    assert advanced == [2, 2, 1]
    assert json.loads(place.read("summary.json") or b"") == summary.document()
    assert (summary.rows, summary.refused, summary.totals.parts) == (5, 0, 3)


def test_refused_rows_are_in_a_file_beside_and_counted_by_code(folder: Place) -> None:
    summary = score(folder, Told(refused={"invalid_features": 1}))
    assert summary.document()["refused_by_code"] == {"invalid_features": 3}
    assert (summary.document()["answered"], summary.document()["refused"]) == (2, 3)
    assert folder.read("refused/table-00001.csv") == b"refused"


@pytest.mark.parametrize("ended_after", range(4))
def test_a_run_that_ended_early_is_gone_on_with_where_it_was(place: Place, ended_after: int) -> None:
    whole = Told()
    if ended_after < 3:
        with pytest.raises(KeyboardInterrupt):
            score(place, Told(stops_after=ended_after))
    else:
        score(place, Told())
    summary = score(place, whole, resume=True)
    assert len(whole.seen) == 3 - ended_after
    assert (summary.rows, summary.totals.kept_parts) == (5, ended_after)
    assert len(files(place)) == 8


@pytest.mark.parametrize(
    "other",
    [
        {"version": "20300101T000001Z-0123abcd"},
        {"manifest_sha256": "e" * 64},
        {"keep": ()},
        {"format": "jsonl"},
        {"reading": reading_of(CsvForm(numbers=NumberForm(",")))},
    ],
)
def test_a_part_of_another_job_is_made_again_and_takes_the_place_of_the_old_one(
    folder: Place, other: dict[str, Any]
) -> None:
    score(folder, Told(refused={"invalid_features": 1}))
    again = Told()
    summary = score(folder, again, job=replace(JOB, **other), resume=True)
    assert len(again.seen) == 3
    assert summary.refused == 0
    assert len(files(folder)) == 8  # the refused files are gone, and parts in the other format


def test_an_input_of_other_bytes_is_scored_again_and_others_are_not(folder: Place) -> None:
    other = ListedInput("other.csv", range(2))
    score(folder, Told(), TABLE, other)
    again = Told()
    score(folder, again, replace(TABLE, mark="2"), other, resume=True)
    assert again.seen == ["table-00000", "table-00001", "table-00002"]


def test_parts_that_no_longer_belong_to_the_run_go(place: Place) -> None:
    score(place, Told(refused={"invalid_features": 1}), TABLE, ListedInput("gone.csv", range(2)))
    summary = score(place, Told(), replace(TABLE, rows=range(3)), job=replace(JOB, rows_per_part=4), resume=True)
    assert (summary.rows, summary.totals.parts) == (3, 1)
    assert [name for name in files(place) if "-0" in name] == ["receipts/table-00000.json", "table-00000.csv"]


def test_a_part_without_a_receipt_that_the_run_does_not_make_goes_too(folder: Place) -> None:
    """As one that was written right before the run was killed, of an input that is not there any more."""
    score(folder, Told())
    folder.write("gone-00000.csv", b"rows of an input that went")
    folder.write("notes.csv", b"somebody's own")
    score(folder, Told(), resume=True)
    assert "gone-00000.csv" not in files(folder)
    assert "notes.csv" in files(folder)


@pytest.mark.parametrize("file", ["table-00001.csv", "refused/table-00001.csv", "receipts/table-00001.json"])
@pytest.mark.parametrize("data", [None, b"half"])
def test_a_part_that_is_not_whole_is_made_again(place: Place, file: str, data: bytes | None) -> None:
    score(place, Told(refused={"invalid_features": 1}))
    place.delete(file)
    if data is not None:
        place.write(file, data)
    again = Told(refused={"invalid_features": 1})
    score(place, again, resume=True)
    assert again.seen == ["table-00001"]
    assert None not in files(place).values()


def test_what_an_earlier_run_left_is_not_written_over_without_being_asked(place: Place) -> None:
    score(place, Told())
    with pytest.raises(UnusableOutput, match=r"An earlier run wrote into .*out: go on with it by --resume"):
        score(place, Told())


@pytest.mark.parametrize("resume", [True, False])
def test_a_place_with_files_of_others_is_left_alone(place: Place, resume: bool) -> None:
    with place.held():
        place.write("table-00000.csv", b"mine")
    with pytest.raises(UnusableOutput, match=r"has files that `score` did not write, such as table-00000\.csv"):
        score(place, Told(), resume=resume)
    assert files(place) == {"table-00000.csv": b"mine"}


def test_a_part_with_other_rows_than_its_chunk_is_not_written(folder: Place) -> None:
    class Fewer(Told):
        def run(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Scored]]:
            return ((part, replace(scored, rows=1)) for part, scored in super().run(parts))

    with pytest.raises(ScoringFailed, match="has 1 rows where it should have 2: its input changed"):
        score(folder, Fewer())
    assert "table-00000.csv" not in files(folder)


def test_a_second_run_into_one_folder_is_refused_while_the_first_goes_on(tmp_path: Path) -> None:
    place = open_place(str(tmp_path))
    with (
        opened_output(place, JOB, resume=False),
        pytest.raises(UnusableOutput, match=r"Another run writes into .*: wait until it has ended"),
        opened_output(open_place(str(tmp_path)), JOB, resume=True),
    ):
        pass


def test_what_a_killed_run_was_writing_goes_at_the_next(tmp_path: Path) -> None:
    place = open_place(str(tmp_path))
    score(place, Told())
    left = [tmp_path / f".writing-{'0' * 16}", tmp_path / "receipts" / f".writing-{'a' * 16}"]
    for path in left:
        path.write_bytes(b"half of a par")
    score(place, Told(), resume=True)
    assert not any(path.exists() for path in left)


@pytest.mark.parametrize("uri", ["s3://bucket", "gs://bucket/out", "s3://bucket/a/../b", "a\0b"])
def test_what_is_no_place_is_refused_in_one_sentence(uri: str) -> None:
    with pytest.raises(UnusableOutput, match="output"):
        open_place(uri)


def test_a_file_is_no_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableOutput, match="is no folder: name one"):
        open_place(str(tmp_path / "file"))


@pytest.mark.parametrize(
    ("name", "stem", "form"),
    [
        ("table.csv", "table", "csv"),
        ("a.b.PARQUET", "a.b", "parquet"),
        ("x.pq", "x", "parquet"),
        ("rows.ndjson", "rows", "jsonl"),
    ],
)
def test_parts_are_named_for_their_input_and_of_its_format(name: str, stem: str, form: Format) -> None:
    assert (Part(InputTag(name, ""), ListedChunk(7, 0, ()), form).name, format_of(name)) == (f"{stem}-00007", form)
