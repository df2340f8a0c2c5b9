"""A TOML file says what to train; a mistake in it is an error with its place, never a default."""

from pathlib import Path

import pytest

from tests.unit.training.dumping import dump_estimator
from training.errors import InvalidModelFile
from training.fit.description import MODELS, model_path, parse_parameters, read_model_file
from training.fit.iris import train_iris
from training.lesson import train_iris_model

WHOLE = """
name = "churn"
metric = "roc_auc"
[data]
source = "churn.csv"
target = "churned"
missing = ["unknown"]
[features]
drop = ["customer"]
[estimator]
class = "sklearn.ensemble.HistGradientBoostingClassifier"
parameters = { max_iter = 300 }
[search]
method = "grid"
parameters = { learning_rate = [0.1, 0.3] }
[gate]
minimum = 0.8
worse = 0.01
[drift]
alpha = 0.05
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "model.toml"
    path.write_text(text)
    return path


def test_a_whole_description_is_read(tmp_path: Path) -> None:
    spec = read_model_file(written(tmp_path, WHOLE))
    assert spec.data.source == str(tmp_path / "churn.csv")
    assert spec.estimator is not None
    assert spec.estimator.class_name == "sklearn.ensemble.HistGradientBoostingClassifier"
    assert spec.search is not None
    assert spec.search.parameters == {"learning_rate": [0.1, 0.3]}
    assert (spec.gate.minimum, spec.gate.worse, spec.gate.latency) == (0.8, 0.01, 2.0)
    assert (spec.drift.alpha, spec.drift.floor) == (0.05, 0.1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("target =", "tarjet ="), r"data has an unknown field 'tarjet'"),
        (('name = "churn"', ""), r"lacks the field 'name'"),
        (('method = "grid"', 'method = "best"'), r"'grid' or 'random' or 'halving'|an object or null"),
        (("[0.1, 0.3]", "0.1"), r"lists of values to try"),
        (("worse = 0.01", "worse = -1.0"), r"must not be negative"),
        (('target = "churned"', 'target = "churned"\ntest_size = 1.5'), r"between 0 and 1"),
        (("[gate]", "[gate"), r"is not TOML"),
        (("alpha = 0.05", "alpha = 0"), r"drift.alpha must lie between 0 and 1, both excluded; it is 0\."),
        (("alpha = 0.05", "alpha = 1.0"), r"drift.alpha must lie between 0 and 1"),
        (("alpha = 0.05", "alpha = nan"), r"drift.alpha must lie between 0 and 1"),
        (("alpha = 0.05", "floor = -0.1"), r"drift.floor must be a number that is not negative; it is -0.1\."),
        (("alpha = 0.05", "floor = inf"), r"drift.floor must be a number that is not negative; it is inf\."),
        (("alpha = 0.05", 'alpha = "0.05"'), r"drift.alpha must be a number, not a string"),
        (("alpha = 0.05", "alfa = 0.05"), r"drift has an unknown field 'alfa'"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    with pytest.raises(InvalidModelFile, match=sentence):
        read_model_file(written(tmp_path, WHOLE.replace(*change)))


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_description_that_comes_along_is_sound_and_found_by_its_name(path: Path) -> None:
    assert read_model_file(model_path(path.stem)).name == path.stem


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidModelFile, match="one of diabetes, digits, iris, wine"):
        read_model_file(model_path("roses"))


def test_iris_is_still_the_lessons_model_byte_for_byte() -> None:
    assert dump_estimator(train_iris().estimator) == dump_estimator(train_iris_model()[0])


def test_parameters_are_toml_where_they_can_be_and_text_otherwise() -> None:
    given = ["a=1", "b=0.5", "c=rbf", "d=[50, 20]", "e=true", "f=None", 'g="1"', "h=False"]
    assert parse_parameters(given) == {
        "a": 1, "b": 0.5, "c": "rbf", "d": [50, 20], "e": True, "f": None, "g": "1", "h": False
    }  # fmt: skip
    with pytest.raises(InvalidModelFile, match="NAME=VALUE"):
        parse_parameters(["max_iter"])
