"""The commands that the demo shows for a person's own files: true where these are known, plain where not."""

import re
import shlex
from pathlib import Path

import pytest

from tests.unit.template import TEMPLATE
from training.cli.main import main
from training.local.demo import your_turn
from training.local.own_model import MODEL, TABLE, TARGET, OwnModel, commands, model_name, own_model


def test_files_that_are_named_are_shown(tmp_path: Path) -> None:
    for name in ("my model.joblib", "rows.csv"):
        (tmp_path / name).touch()
    own = own_model(tmp_path, "my model.joblib", "rows.csv", "did it")
    assert own == OwnModel("my model.joblib", "rows.csv", "did it")
    words = shlex.split(commands(own)[0])
    assert words[2:] == [
        *("training", "package", "my model.joblib", "--table", "rows.csv", "--target", "did it"),
        *("--out", "packaged", "--trust"),
    ]


def test_the_only_model_of_the_folder_is_taken_and_the_table_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "churn.pkl").touch()
    assert own_model(tmp_path, None, None, None) == OwnModel("churn.pkl", TABLE, TARGET)
    (tmp_path / "churn.csv").touch()
    assert own_model(tmp_path, None, None, "churned") == OwnModel("churn.pkl", "churn.csv", "churned")


@pytest.mark.parametrize("names", [[], ["a.joblib", "b.pkl"], ["rows.csv"]])
def test_without_one_model_words_stand_in_the_places_of_names(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()
    own = own_model(tmp_path, None, None, None)
    assert own == OwnModel(MODEL, TABLE, TARGET)
    assert "a model of your own" in your_turn(own)
    assert "no file" not in your_turn(own)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    own = own_model(tmp_path, "absent.joblib", "s3://bucket/rows.csv", None)
    assert own.missing == ("absent.joblib",)
    assert "no file absent.joblib" in your_turn(own)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("churn.joblib", "churn"),
        ("models/Churn Model (v2).final.joblib", "churn-model-v2"),
        ("_private_.pkl", "private"),
        ("Küche.joblib", "k-che"),
        ("模型.joblib", "model"),
        (f"{'x' * 80}.joblib", "x" * 63),
        (MODEL, "your-model"),
    ],
)
def test_the_model_s_name_is_one_that_the_template_takes(file: str, name: str) -> None:
    assert model_name(file) == name
    assert re.fullmatch(TEMPLATE["Parameters"]["ModelName"]["AllowedPattern"], name)


def test_the_package_and_publish_commands_are_ones_that_the_command_line_takes(tmp_path: Path) -> None:
    (tmp_path / "churn.joblib").touch()
    package, deploy, publish = commands(OwnModel(str(tmp_path / "churn.joblib"), "churn.csv", "churned"))
    for line in (package, publish.replace("packaged", str(tmp_path))):
        name, *words = shlex.split(line)[3:]
        main.commands[name].make_context(name, [*words, *["--model-uri", "x"] * (name == "publish")])
    assert deploy.startswith("make deploy MODEL_NAME=churn ")
