"""A pipeline that was fitted to a DataFrame is brought by one command, with a table that it answers.

By the command line, in the processes that it starts: the proof has no pandas.
"""

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import IsolationForest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from tests.unit.training.bring.frames.turning import passengers, survived
from tests.unit.training.counts import counts_of, odd_counts
from tests.unit.training.packaging import refused
from training.cli.main import main
from training.release.publish import read_folder

pytestmark = pytest.mark.filterwarnings("ignore")

NO_DIFFERENCE = "no answer differs from the DataFrame's"


def prepared() -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    return ColumnTransformer(
        [
            ("numbers", numbers, pd.Index(["age", "fare"])),
            ("texts", texts, ["sex", "embarked"]),
            ("codes", OrdinalEncoder(), ["pclass"]),
            ("flags", "passthrough", ["alone"]),
            ("title", TfidfVectorizer(), "name"),
        ]
    )


def run(folder: Path, model: Any, *options: str, table: str = "passengers.csv") -> Result:
    frame = passengers().assign(survived=survived())
    frame.to_csv(folder / "passengers.csv", index=False)
    frame.to_parquet(folder / "passengers.parquet")
    joblib.dump(model, folder / "mine.joblib")
    given = ("--table", str(folder / table)) if table else ()
    return CliRunner().invoke(
        main, ["package", str(folder / "mine.joblib"), "--out", str(folder / "out"), "--trust", *given, *options]
    )


def test_names_gaps_codes_booleans_and_a_text_are_brought_from_a_csv(tmp_path: Path) -> None:
    search = GridSearchCV(
        make_pipeline(prepared(), LogisticRegression(max_iter=300)), {"logisticregression__C": [1, 2]}
    )
    result = run(tmp_path, search.fit(passengers(), survived()), "--target", "survived")
    assert result.exit_code == 0, result.stderr
    assert NO_DIFFERENCE in " ".join(result.stderr.split())
    manifest = read_folder(tmp_path / "out").manifest
    kinds = {feature.name: feature.kind for feature in manifest.features}
    assert kinds == {
        "age": "number",
        "fare": "number",
        "pclass": "category",
        "sex": "category",
        "embarked": "category",
        "alone": "boolean",
        "name": "text",
    }
    assert [feature.name for feature in manifest.features if feature.nullable] == ["age", "fare", "sex", "embarked"]
    assert manifest.training.dataset == "passengers.csv"
    assert manifest.training.fitted_rows == manifest.training.rows == len(passengers())
    assert odd_counts(manifest) == []
    counts = {feature.name: counts_of(feature) for feature in manifest.features}
    flags = passengers()["alone"].value_counts()
    assert counts["alone"] == {"=true": flags[True], "=false": flags[False], "null": 0}
    assert counts["age"]["null"] == passengers()["age"].isna().sum()
    assert counts["pclass"] == {"null": 0, "unknown": 0} | {
        f"={value}": count for value, count in passengers()["pclass"].value_counts().items()
    }
    assert sum(manifest.target.answers) == sum(manifest.target.confidence) == manifest.metrics["rows_tested"]
    assert manifest.metrics != {}
    assert (tmp_path / "out" / "held_out.json").is_file()


def test_without_a_table_the_sentence_says_what_to_add(tmp_path: Path) -> None:
    (tmp_path / "row.json").write_text('{"age": 3, "fare": 3}')
    columns = ColumnTransformer([("numbers", StandardScaler(), ["fare"])])
    model = make_pipeline(columns, LogisticRegression()).fit(passengers()[["age", "fare"]], survived())
    result = run(tmp_path, model, "--example", str(tmp_path / "row.json"), table="")
    refused(result, "Add --table DATA --target COLUMN")


def test_what_cannot_be_turned_exactly_is_refused_with_the_row_the_column_and_both_answers(tmp_path: Path) -> None:
    # Of whole numbers, numpy.reciprocal gives whole numbers; JSON's numbers are none.
    columns = ColumnTransformer(
        [("n", StandardScaler(), ["fare"]), ("r", FunctionTransformer(np.reciprocal), ["pclass"])]
    )
    model = make_pipeline(columns, LogisticRegression()).fit(passengers(), survived())
    result = run(tmp_path, model, "--target", "survived")
    refused(result, "The column 'pclass' makes the difference")
    assert '"probabilities"' in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "model", [IsolationForest(n_estimators=10, random_state=0), KMeans(3, n_init=1, random_state=0)]
)
def test_a_model_without_a_target_needs_none(model: Any, tmp_path: Path) -> None:
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    columns = ColumnTransformer([("n", StandardScaler(), ["fare"]), ("c", texts, ["sex", "embarked"])])
    result = run(
        tmp_path, Pipeline([("columns", columns), ("model", model)]).fit(passengers()), table="passengers.parquet"
    )
    assert result.exit_code == 0, result.stderr
    assert NO_DIFFERENCE in " ".join(result.stderr.split())
