"""What `score` refuses before it reads a row, in one sentence that says what to give."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from training.cli.main import main


def score(table: Path, registry: Path, *options: str) -> Result:
    words = ["score", str(table), "--model-uri", str(registry), "--out", str(table.with_name("out")), *options]
    return CliRunner().invoke(main, words)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "flowers.csv"
    path.write_text("sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)\n5.1,3.5,1.4,0.2\n")
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--workers", "2", "--backend", "dask=tcp://x:1"], "--workers are processes of this machine"),
        (["--delimiter", "ab"], "--delimiter must be one character, as in ';', or tab; it is 'ab'."),
        (["--decimal", ",", "--thousands", ","], "--decimal and --thousands must differ."),
        (["--decimal", "12"], "--decimal must be one mark"),
        (["--thousands", "12"], "--thousands must be one mark"),
        (["--not-missing", "word"], "--not-missing keeps what is a gap otherwise, one of NA,"),
        (["--missing", "NA", "--not-missing", "NA"], "must not name the same text."),
    ],
)
def test_options_that_cannot_be_are_bad_usage(table: Path, iris_registry: Path, options: list[str], said: str) -> None:
    result = score(table, iris_registry, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--version", "20300101T000000Z-00000000"], "20300101T000000Z-00000000 is not published in"),
        (["--alias", "nobody"], "No version serves as 'nobody'"),
        (["--keep", "customer"], "customer"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_written(
    table: Path, iris_registry: Path, options: list[str], said: str
) -> None:
    result = score(table, iris_registry, *options)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert not table.with_name("out").exists()
