"""A class of few rows gets a model that knows it, or a sentence that names it; never a trace."""

from pathlib import Path

import numpy as np
import pytest

from tests.unit.training.tables import spec_of, table
from training.data.columns.notes import Finding
from training.errors import FitFailed, InvalidTable, TrainingError
from training.fit.fitting import train_model
from training.folder.writing import Built, build

TREE = ("--estimator", "sklearn.tree.DecisionTreeClassifier")
SEARCH = (*TREE, "--search", "grid", "--try", "max_depth=[1, 2]")


def classes(tmp_path: Path, **counts: int) -> Path:
    """A table of so many rows of each class, mixed."""
    draw = np.random.default_rng(0)
    rows = [str(name) for name in draw.permutation([name for name, count in counts.items() for _ in range(count)])]
    return table(tmp_path, ["x", "y"], [round(ord(name[0]) + float(draw.normal()), 3) for name in rows], rows)


def built(path: Path, *options: str) -> tuple[Built, list[Finding]]:
    """What `train` makes of the table, and what it says."""
    said: list[Finding] = []
    model = train_model(spec_of(path, "y", *options), 0, lambda items: said.extend(items))
    return build(model), said


@pytest.mark.parametrize(("count", "share"), [(2, "0.8"), (3, "0.9")])
def test_a_class_of_which_no_row_is_fitted_is_named(tmp_path: Path, count: int, share: str) -> None:
    path = classes(tmp_path, alpha=50, beta=50, rare=count)
    with pytest.raises(InvalidTable, match=rf"'rare' of 'y' has {count} rows.*none.*fit.*--test-size"):
        built(path, "--test-size", share, *TREE)


@pytest.mark.parametrize("rows", [20, 60])
def test_a_class_that_the_sample_lost_is_named(tmp_path: Path, rows: int) -> None:
    path = classes(tmp_path, alpha=500, beta=500, rare=3)
    with pytest.raises(InvalidTable, match=rf"sample of {rows} rows has none.*'rare' of 'y'.*--sample"):
        built(path, "--sample", str(rows), *TREE)


def test_a_class_of_numbers_that_the_sample_lost_is_named_too(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    codes = pa.array([0.1, 0.2] * 500 + [0.3], pa.float32())
    parquet.write_table(pa.table({"x": range(1001), "y": codes}), tmp_path / "t.parquet")
    options = ("--task", "classification", "--sample", "20", *TREE)
    with pytest.raises(InvalidTable, match=r"none of the class '0\.3' of 'y'"):
        built(tmp_path / "t.parquet", *options)


def test_a_class_of_which_no_row_is_held_out_is_named(tmp_path: Path) -> None:
    made, said = built(classes(tmp_path, alpha=500, beta=500, rare=2), "--test-size", "0.02", *TREE)
    assert made.artifact.manifest.target.classes == ("alpha", "beta", "rare")
    assert any(item.column == "y" and "'rare'" in item.what and "held out" in item.what for item in said)


def test_a_class_too_rare_for_the_default_estimators_own_split_is_named(tmp_path: Path) -> None:
    path = classes(tmp_path, alpha=6_400, beta=6_400, rare=2)
    with pytest.raises(FitFailed, match=r"'rare' of 'y' has 1 row.*group") as failed:
        built(path)
    assert "n_splits" not in str(failed.value)
    assert "least populated" not in str(failed.value)


@pytest.mark.parametrize("metric", ["neg_log_loss", "average_precision"])
def test_a_class_of_fewer_rows_than_folds_is_named_where_the_search_fails(tmp_path: Path, metric: str) -> None:
    path = classes(tmp_path, alpha=20, beta=20, rare=2)
    with pytest.raises(TrainingError, match=r"'rare' of 'y' has [12] rows? to fit.*5 folds.*--folds"):
        built(path, *SEARCH, "--metric", metric)


def test_more_folds_than_any_class_has_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"of 'y' has 6 rows.*10 folds.*--folds"):
        built(classes(tmp_path, alpha=8, beta=8), *SEARCH, "--folds", "10")


def test_more_folds_than_rows_are_refused_for_a_regression(tmp_path: Path) -> None:
    path = table(tmp_path, ["x", "y"], range(12), [row / 7 for row in range(12)])
    options = ("--estimator", "sklearn.tree.DecisionTreeRegressor", "--search", "grid", "--try", "max_depth=[1, 2]")
    with pytest.raises(TrainingError, match=r"9 rows.*20 folds.*--folds"):
        built(path, *options, "--folds", "20")


@pytest.mark.parametrize("estimator", ["sklearn.calibration.CalibratedClassifierCV"])
def test_an_estimator_that_splits_for_itself_names_the_rare_class(tmp_path: Path, estimator: str) -> None:
    path = classes(tmp_path, alpha=4, beta=4, rare=4)
    with pytest.raises(FitFailed, match=r"CalibratedClassifierCV could not be fitted: .*of 'y' has 3 rows") as failed:
        built(path, "--estimator", estimator)
    assert "n_splits" not in str(failed.value)


def test_a_rare_class_stays_possible_where_the_search_can_do_without(tmp_path: Path) -> None:
    made, _ = built(classes(tmp_path, alpha=30, beta=30, rare=3), *SEARCH)
    assert made.artifact.manifest.target.classes == ("alpha", "beta", "rare")


@pytest.mark.parametrize(
    "options",
    [
        ("--estimator", "sklearn.neighbors.KNeighborsClassifier", "--test-size", "0.7"),
        ("--estimator", "sklearn.neighbors.RadiusNeighborsClassifier", "--param", "radius=1e-9"),
    ],
)
def test_a_model_that_cannot_answer_the_rows_held_out_is_no_model(tmp_path: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(FitFailed, match=r"NeighborsClassifier .*rows held out"):
        built(classes(tmp_path, alpha=6, beta=6), *options)


@pytest.mark.parametrize("kind", ["number", "category"])
def test_a_column_of_which_every_fitted_value_is_missing_is_named(tmp_path: Path, kind: str) -> None:
    values = [None] * 40
    values[17 if kind == "number" else 23] = 1.5 if kind == "number" else "a"  # type: ignore[call-overload] # a gap or a value
    path = table(tmp_path, ["x", "z", "y"], range(40), values, ["a", "b"] * 20)

    def train_by_every_seed() -> None:
        for seed in range(40):
            train_model(spec_of(path, "y", *TREE), seed)

    with pytest.raises(InvalidTable, match=r"'z' .* rows? that .* fitted.*--drop 'z'"):
        train_by_every_seed()
