"""What a message says of a delimiter works when it is followed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.training.tables import hints, spec_of, taken
from training.cli.main import main
from training.errors import InvalidModelFile, InvalidTable
from training.fit.description import read_model_file


def parted(tmp_path: Path, delimiter: str, decimal: str = ".") -> Path:
    path = tmp_path / "table.csv"
    rows = [["x", "y"], *([f"{row % 7}{decimal}25", "no" if row % 3 else "yes"] for row in range(40))]
    path.write_text("".join(f"{delimiter.join(row)}\n" for row in rows))
    return path


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ":"])
def test_the_hint_of_a_delimiter_works_when_copied(tmp_path: Path, delimiter: str) -> None:
    path = parted(tmp_path, delimiter)
    with pytest.raises(InvalidTable, match="has no column 'y'") as refused:
        taken(path, "y")
    dataset, _ = taken(path, "y", *hints(str(refused.value))[0])
    assert dataset.columns[0].values[:2].tolist() == [0.25, 1.25]


def test_rows_of_more_columns_than_names_are_refused_with_the_delimiter_too(tmp_path: Path) -> None:
    path = parted(tmp_path, ";", decimal=",")
    with pytest.raises(InvalidTable, match="separated by ';'") as refused:
        taken(path, "y")
    with pytest.raises(InvalidTable, match="with marks") as again:
        taken(path, "y", *hints(str(refused.value))[0])
    dataset, _ = taken(path, "y", *hints(str(refused.value))[0], *hints(str(again.value))[0])
    assert dataset.columns[0].values[:2].tolist() == [0.25, 1.25]


def test_the_whole_command_does_as_the_hint_says(tmp_path: Path) -> None:
    command = ["train", "--table", str(parted(tmp_path, "\t")), "--target", "y", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert CliRunner().invoke(main, [*command, *hints(result.stderr)[0]]).exit_code == 0


@pytest.mark.parametrize("spelled", ["\\t", "tab", "TAB", "\t"])
def test_a_tab_can_be_written_in_a_shell_and_in_a_file(tmp_path: Path, spelled: str) -> None:
    path = parted(tmp_path, "\t")
    assert taken(path, "y", "--delimiter", spelled)[0].rows == 40
    description = tmp_path / "model.toml"
    text = spelled.replace("\t", "\\t") if spelled == "\t" else spelled.replace("\\", "\\\\")
    description.write_text(f'name = "t"\n[data]\nsource = "table.csv"\ntarget = "y"\ndelimiter = "{text}"\n')
    assert read_model_file(description).data.delimiter == "\t"


@pytest.mark.parametrize("spelled", ["||", "", "\\x", "a", "7", '"', "\n", "§"])
def test_what_can_be_no_delimiter_is_refused_and_shown(tmp_path: Path, spelled: str) -> None:
    with pytest.raises(InvalidModelFile, match=r"delimiter.*one.*tab") as refused:
        spec_of(tmp_path / "table.csv", "y", "--delimiter", spelled)
    assert repr(spelled) in str(refused.value)
