"""The lesson's four functions do as they did there, and say what to change where they cannot."""

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import training
from training import load_model, predict_sample, save_model, train_iris_model
from training.lesson import split_iris

SAMPLE = [6.0, 2.5, 4.5, 1.5]


@pytest.fixture(scope="module")
def model() -> LogisticRegression:
    return train_iris_model()[0]


def test_the_lesson_is_imported_from_the_package() -> None:
    lesson = {"load_model", "predict_sample", "save_model", "train_iris_model"}
    assert set(training.__all__) == lesson | {"Published", "publish_model"}


def test_train_iris_model_takes_these_keywords_with_these_defaults() -> None:
    parameters = inspect.signature(train_iris_model).parameters.values()
    assert {parameter.kind for parameter in parameters} == {inspect.Parameter.KEYWORD_ONLY}
    assert {parameter.name: parameter.default for parameter in parameters} == {
        "test_size": 0.2,
        "random_state": 42,
        "max_iter": 200,
        "subset_size": None,
    }


def test_the_other_functions_take_these_names() -> None:
    assert list(inspect.signature(save_model).parameters) == ["model", "path"]
    assert list(inspect.signature(load_model).parameters) == ["path"]
    names = inspect.signature(predict_sample).parameters
    assert list(names) == ["model", "sample", "target_names"]
    assert names["target_names"].default is None


def test_the_accuracy_at_the_defaults_is_that_of_the_lesson() -> None:
    trained, accuracy, x_test, y_test, names = train_iris_model()
    assert round(accuracy, 4) == 0.9667
    assert accuracy == np.mean(trained.predict(x_test) == y_test)
    assert (x_test.shape, y_test.shape) == ((30, 4), (30,))
    assert list(names) == ["setosa", "versicolor", "virginica"]


def test_the_split_is_stratified_and_repeats_with_its_seed() -> None:
    first, again, other = (train_iris_model(random_state=seed) for seed in (1, 1, 2))
    assert np.bincount(first[3]).tolist() == [10, 10, 10]
    assert np.array_equal(first[2], again[2])
    assert not np.array_equal(first[2], other[2])


@pytest.mark.parametrize(("test_size", "held_out"), [(0.5, 75), (3, 3), (147, 147), (np.float64(0.1), 15)])
def test_test_size_is_a_share_or_a_number_of_rows(test_size: float, held_out: int) -> None:
    assert train_iris_model(test_size=test_size)[2].shape == (held_out, 4)


def test_a_subset_takes_so_many_rows_and_no_more() -> None:
    assert train_iris_model(subset_size=60, test_size=0.5)[2].shape == (30, 4)
    assert train_iris_model(subset_size=150)[2].shape == (30, 4)


def test_max_iter_reaches_the_regression() -> None:
    assert train_iris_model(max_iter=321)[0].get_params()["max_iter"] == 321


@pytest.mark.parametrize("size", [0, -1, 151, 10**9])
def test_a_subset_that_iris_cannot_give_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=rf"subset_size must be between 1 and 150.*; it is {size}\."):
        train_iris_model(subset_size=size)


def chosen_classes(size: int, seed: int) -> list[int]:
    """How many rows of each class a subset of this size holds."""
    chosen = np.random.default_rng(seed).permutation(150)[:size]
    return [int(count) for count in np.bincount(load_iris().target[chosen], minlength=3)]


@pytest.mark.parametrize("seed", range(8))
def test_a_subset_that_misses_classes_names_just_those_and_says_what_to_change(seed: int) -> None:
    names = load_iris().target_names
    counts = chosen_classes(2, seed)
    with pytest.raises(ValueError, match="raise subset_size, or choose another random_state") as refusal:
        train_iris_model(subset_size=2, random_state=seed)
    for name, count in zip(names, counts, strict=True):
        assert (str(name) in str(refusal.value)) == (count == 0)


def test_a_class_with_one_row_is_named_with_its_count() -> None:
    size, seed = next(
        (size, seed) for size in range(4, 9) for seed in range(50) if sorted(chosen_classes(size, seed))[0] == 1
    )
    scarce = [str(load_iris().target_names[index]) for index, n in enumerate(chosen_classes(size, seed)) if n == 1]
    with pytest.raises(ValueError, match="at least two rows") as refusal:
        train_iris_model(subset_size=size, random_state=seed)
    assert all(f"{name} (1)" in str(refusal.value) for name in scarce)
    assert "raise subset_size" in str(refusal.value)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2, 1.5, float("nan"), float("inf")])
def test_a_share_outside_0_and_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1, both excluded"):
        train_iris_model(test_size=share)


@pytest.mark.parametrize("rows", [0, -3, 150, 151])
def test_a_number_of_rows_that_empties_a_side_is_refused(rows: int) -> None:
    with pytest.raises(ValueError, match=rf"between 1 and 149: at {rows} one side is empty"):
        train_iris_model(test_size=rows)


@pytest.mark.parametrize("test_size", [1, 2, 148, 149, 0.01, 0.999])
def test_a_side_too_small_for_one_row_of_each_class_is_refused(test_size: float) -> None:
    with pytest.raises(ValueError, match=r"each side needs at least 3.*change test_size or raise subset_size"):
        train_iris_model(test_size=test_size)


def missing_after_split(seed: int) -> str:
    """What the refusal says of a split of 12 rows into 9 and 3; empty where each side has each class."""
    try:
        split = split_iris(test_size=3, random_state=seed, subset_size=12)
    except ValueError as error:
        return str(error)
    return "" if set(split.y_test.tolist()) == set(split.y_train.tolist()) == {0, 1, 2} else "not refused"


def test_a_class_too_small_for_the_split_is_named() -> None:
    said = {seed: missing_after_split(seed) for seed in range(40)}
    assert "not refused" not in said.values()
    seed = next(seed for seed, text in said.items() if "too small for this test_size" in text)
    with pytest.raises(ValueError, match=r"no (setosa|versicolor|virginica) to test with.*raise subset_size"):
        train_iris_model(test_size=3, random_state=seed, subset_size=12)


def test_save_model_expands_the_home_makes_parents_and_gives_the_resolved_path(
    model: LogisticRegression, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = save_model(model, "~/models/../models/deep/iris.joblib")
    assert path == (tmp_path / "models/deep/iris.joblib").resolve()
    assert path.is_file()


@pytest.mark.parametrize("kind", [str, Path])
def test_a_saved_model_loads_and_answers_the_same(
    model: LogisticRegression, tmp_path: Path, kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    save_model(model, kind("~/iris.joblib"))
    loaded = load_model(kind("~/iris.joblib"))
    rows = load_iris().data
    assert np.array_equal(loaded.predict_proba(rows), model.predict_proba(rows))


@pytest.mark.parametrize("sample", [SAMPLE, tuple(SAMPLE), [SAMPLE], np.array(SAMPLE), np.array([SAMPLE])])
def test_predict_sample_takes_a_vector_or_one_row(model: LogisticRegression, sample: Any) -> None:
    assert predict_sample(model, sample, ["setosa", "versicolor", "virginica"]) == (1, "versicolor")
    assert predict_sample(model, sample, load_iris().target_names) == (1, "versicolor")


def test_predict_sample_gives_no_name_without_names(model: LogisticRegression) -> None:
    answer = predict_sample(model, SAMPLE)
    assert answer == (1, None)
    assert type(answer[0]) is int


@pytest.mark.parametrize("sample", [[SAMPLE, SAMPLE], np.zeros((0, 4)), np.zeros((1, 1, 4))])
def test_predict_sample_refuses_anything_but_one_row(model: LogisticRegression, sample: Any) -> None:
    with pytest.raises(ValueError, match="one vector or one row, not an array of shape"):
        predict_sample(model, sample)
