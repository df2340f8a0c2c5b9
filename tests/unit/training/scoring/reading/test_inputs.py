"""Which files are inputs, how they are told apart, and that one that changes is not read as if it had not."""

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from tests.unit.training.scoring.reading.reads import CUSTOMER, MONTHS, read_input, written
from training.data.table.source import CsvForm
from training.errors import InvalidTable
from training.scoring.reading.inputs import open_inputs, part_stem

ROWS = ["months,spend,plan", "1,2,pro"]


def test_a_folder_is_all_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    for name in ("b.csv", "a.CSV", ".hidden.csv", "_SUCCESS", ".crc"):
        written(folder / name, ROWS)
    written(folder / "c.ndjson", ['[3, 4, "pro"]'])
    written(tmp_path / "z.csv", ROWS)
    inputs = open_inputs([str(tmp_path / "z.csv"), f"{folder}/"], CsvForm(), CUSTOMER)
    assert [each.name for each in inputs] == ["z.csv", "a.CSV", "b.csv", "c.ndjson"]
    assert [part_stem(each.name) for each in inputs] == ["z", "a", "b", "c"]
    assert [read_input(each, CUSTOMER).sent for each in inputs] == [*[[[1, 2, "pro"]]] * 3, [[3, 4, "pro"]]]


def test_the_tag_is_the_digest_of_the_bytes(tmp_path: Path) -> None:
    (table,) = open_inputs([str(written(tmp_path / "a.csv", ROWS))], CsvForm(), CUSTOMER)
    assert table.tag.name == "a.csv"
    assert table.tag.tag == f"sha256:{hashlib.sha256((tmp_path / 'a.csv').read_bytes()).hexdigest()}"


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", [*ROWS, "3,4,team"])
    (table,) = open_inputs([str(path)], CsvForm(), CUSTOMER)
    chunks = table.chunks(1)
    next(chunks)
    os.utime(path, ns=(0, 0))
    with pytest.raises(InvalidTable, match="was changed while it was read"):
        list(chunks)
    with pytest.raises(InvalidTable, match="was changed while it was read"):
        table.tag.tag.encode()


REFUSED = {
    "no such file": (["gone.csv"], r"There is no file or folder .*gone\.csv"),
    "no known suffix": (["a.xlsx"], r"It is not known how .*a\.xlsx is written: a name ends in \.csv, \.tsv, "),
    "two of one stem": (["a.csv", "A.jsonl"], "would have parts of the same name: rename one"),
    "one twice": (["a.csv", "a.csv"], "would have parts of the same name"),
    "a folder of other files": (["others"], r"others holds notes\.md: a folder of parts has only files with a name in"),
    "a folder of folders": (["nested"], "nested holds year=2024/: "),
    "a folder of nothing": (["empty"], "empty holds no file with a name in"),
    "a column missing in one": (["a.csv", "b.csv"], r"b\.csv has no column 'spend', 'plan', which the model takes"),
}


@pytest.mark.parametrize(("names", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_before_any_row_is(tmp_path: Path, names: list[str], said: str) -> None:
    for name in ("a.csv", "a.xlsx", "others/a.csv", "others/notes.md", "nested/year=2024/a.csv", "empty/_SUCCESS"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        written(tmp_path / name, ROWS)
    written(tmp_path / "A.jsonl", ["[1, 2, null]"])
    written(tmp_path / "b.csv", ["months", "1"])
    with pytest.raises(InvalidTable, match=said):
        open_inputs([str(tmp_path / name) for name in names], CsvForm(), CUSTOMER)


def test_only_the_columns_of_the_model_are_needed(tmp_path: Path) -> None:
    (table,) = open_inputs([str(written(tmp_path / "b.csv", ["months", "1"]))], CsvForm(), (MONTHS,))
    assert read_input(table, (MONTHS,)).numbers == [[1]]


@pytest.mark.parametrize(("name", "lines"), [("a.csv.gz", ROWS), ("a.jsonl.gz", ['[1, 2, "pro"]'])])
def test_a_packed_file_is_unpacked_and_one_that_is_cut_off_is_refused(
    tmp_path: Path, name: str, lines: list[str]
) -> None:
    packed = gzip.compress(written(tmp_path / "plain", lines).read_bytes())
    (tmp_path / name).write_bytes(packed)
    (table,) = open_inputs([str(tmp_path / name)], CsvForm(), CUSTOMER)
    assert read_input(table, CUSTOMER).sent == [[1, 2, "pro"]]
    assert part_stem(table.name) == "a"
    (tmp_path / name).write_bytes(packed[:-3])
    with pytest.raises(InvalidTable, match=r"a\.\w+\.gz cannot be read: "):
        read_input(open_inputs([str(tmp_path / name)], CsvForm(), CUSTOMER)[0], CUSTOMER)
