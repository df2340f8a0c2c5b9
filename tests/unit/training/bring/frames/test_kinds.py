"""A column is described as what the model was fitted on: its kind, its gaps, its categories."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

from tests.unit.training.bring.frames.turning import Turned, passengers, refusal, survived, turned

pytestmark = pytest.mark.filterwarnings("ignore")


def fitted(step: Any, columns: Any, frame: pd.DataFrame) -> Any:
    transformer = ColumnTransformer([("n", StandardScaler(), ["fare"]), ("c", step, columns)])
    return make_pipeline(transformer, RandomForestClassifier(8, random_state=0)).fit(frame, survived())


def of(tmp_path: Path, step: Any, columns: Any, frame: pd.DataFrame, **form: Any) -> Turned:
    found = turned(tmp_path, fitted(step, columns, frame), frame, survived(), **form)
    assert (found.found["wrong"], found.differing) == (0, 0)
    return found


@pytest.mark.parametrize(
    "step",
    [
        OneHotEncoder(),
        OrdinalEncoder(encoded_missing_value=-1),
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
        make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), OneHotEncoder(handle_unknown="ignore")),
    ],
)
def test_a_gap_reaches_the_model_as_the_nan_that_it_was(step: Any, tmp_path: Path) -> None:
    found = of(tmp_path, step, ["embarked"], passengers())
    feature = found.features["embarked"]
    assert (feature.kind, feature.nullable, feature.gap) == ("category", True, "NaN")
    assert {"C", "Q", "S"} <= set(feature.categories)
    assert "embarked" in found.made


@pytest.mark.parametrize("step", [OneHotEncoder(), OrdinalEncoder()])
def test_a_gap_reaches_a_model_that_was_fitted_to_none_as_none(step: Any, tmp_path: Path) -> None:
    frame = passengers()
    frame["embarked"] = frame["embarked"].astype(object).where(frame["embarked"].notna(), None)
    assert of(tmp_path, step, ["embarked"], frame).features["embarked"].gap == "None"


def test_whole_numbers_that_only_encoders_see_are_codes_and_others_are_numbers(tmp_path: Path) -> None:
    found = of(tmp_path, OneHotEncoder(), ["pclass"], passengers())
    assert (found.features["pclass"].kind, found.features["pclass"].categories) == ("category", (1, 2, 3))
    assert found.features["fare"].kind == "number"
    assert found.features["fare"].quantiles != ()
    scaled = of(tmp_path, StandardScaler(), ["pclass"], passengers())
    assert (scaled.features["pclass"].kind, scaled.features["pclass"].minimum) == ("number", 1.0)


def test_codes_have_gaps(tmp_path: Path) -> None:
    frame = passengers().astype({"pclass": float})
    frame.loc[::5, "pclass"] = np.nan
    feature = of(tmp_path, OneHotEncoder(), ["pclass"], frame).features["pclass"]
    assert (feature.categories, feature.nullable, feature.gap) == ((1, 2, 3), True, "NaN")


def test_booleans_are_booleans_with_gaps_too(tmp_path: Path) -> None:
    assert of(tmp_path, OneHotEncoder(), ["alone"], passengers()).features["alone"].kind == "boolean"
    frame = passengers().astype({"alone": object})
    frame.loc[::5, "alone"] = np.nan
    feature = of(tmp_path, OrdinalEncoder(), ["alone"], frame).features["alone"]
    assert (feature.kind, feature.nullable) == ("boolean", True)


@pytest.mark.parametrize("step", [TfidfVectorizer(), HashingVectorizer(n_features=16)])
def test_a_text_is_what_a_vectorizer_reads_and_has_room(step: Any, tmp_path: Path) -> None:
    feature = of(tmp_path, step, "name", passengers()).features["name"]
    assert (feature.kind, feature.max_length) == ("text", 1000)


def test_texts_of_pandas_other_types_are_categories(tmp_path: Path) -> None:
    for kind in ("category", "string", object):
        frame = passengers().astype({"sex": kind})
        assert of(tmp_path, OneHotEncoder(), ["sex"], frame).features["sex"].categories == ("female", "male")


def test_unknown_categories_are_taken_where_it_is_asked_for_and_the_encoder_takes_them(tmp_path: Path) -> None:
    encoder = OneHotEncoder(handle_unknown="ignore")
    found = of(tmp_path, encoder, ["sex"], passengers(), allow_unknown=True)
    assert found.features["sex"].allow_unknown
    assert "sex" in found.made
    assert not of(tmp_path, OneHotEncoder(), ["sex"], passengers(), allow_unknown=True).features["sex"].allow_unknown


def test_columns_that_nothing_looks_at_are_not_asked_for(tmp_path: Path) -> None:
    found = of(tmp_path, OneHotEncoder(), ["sex"], passengers())
    assert list(found.features) == ["fare", "sex"]
    assert "age" in found.unneeded


def test_a_table_in_which_they_are_absent_is_enough(tmp_path: Path) -> None:
    model = fitted(OneHotEncoder(), ["sex"], passengers())
    assert turned(tmp_path, model, passengers()[["sex", "fare"]], survived()).differing == 0


def test_a_column_that_is_absent_is_named(tmp_path: Path) -> None:
    model = fitted(OneHotEncoder(), ["sex"], passengers())
    assert "no column 'sex'" in refusal(tmp_path, model, passengers().rename(columns={"sex": "Sex"}), survived())


def test_texts_in_the_model_and_numbers_in_the_table_are_refused_with_what_to_write(tmp_path: Path) -> None:
    model = fitted(OneHotEncoder(handle_unknown="ignore"), ["pclass"], passengers().astype({"pclass": str}))
    said = refusal(tmp_path, model, passengers(), survived())
    assert "knows 'pclass' as texts" in said
    assert "to_parquet" in said


def test_texts_of_which_the_model_knows_none_are_refused(tmp_path: Path) -> None:
    model = fitted(OneHotEncoder(handle_unknown="ignore"), ["sex"], passengers())
    frame = passengers().assign(sex=passengers()["sex"].str.upper())
    assert "no value for 'sex' that the model knows" in refusal(tmp_path, model, frame, survived())


def test_dates_are_refused_with_what_to_make_of_them(tmp_path: Path) -> None:
    frame = passengers().assign(born=pd.Timestamp("1912-04-15"))
    model = make_pipeline(
        ColumnTransformer([("n", StandardScaler(), ["fare"]), ("d", FunctionTransformer(np.isnat), ["born"])]),
        LogisticRegression(),
    )
    assert "'born' holds dates" in refusal(tmp_path, model.fit(frame, survived()), frame, survived())


def total(frame: Any) -> Any:
    return frame.assign(total=frame["fare"] * 2)


def test_a_function_of_a_frame_is_named_with_what_to_write(tmp_path: Path) -> None:
    model = make_pipeline(FunctionTransformer(total), StandardScaler(), LogisticRegression())
    frame = passengers()[["fare", "weight"]]
    said = refusal(tmp_path, model.fit(frame, survived()), frame, survived())
    assert "FunctionTransformer(total) works on a DataFrame alone" in said


def test_classes_that_the_model_does_not_know_are_refused_with_both_lists(tmp_path: Path) -> None:
    model = fitted(OneHotEncoder(), ["sex"], passengers())
    said = refusal(tmp_path, model, passengers(), np.where(survived(), "yes", "no"))
    assert "no, yes" in said
    assert "0, 1" in said
    assert "--classes" in said
