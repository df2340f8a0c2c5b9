"""Models of every task answer what their estimator says, in the form of the HTTP contract, and prove it first."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handler.errors.model import SelfTestFailed, UnloadableArtifact
from handler.errors.request import NoClass, NoFiniteAnswer
from handler.records.signature import Target
from handler.serving.predictor import Predictor
from tests.unit.handler.asking import ask, get_event, open_application, predict_event
from tests.unit.handler.json_schema import fits
from tests.unit.handler.models import Version, estimator_of
from tests.unit.handler.tasks import MADE, SPECIES, X, of_both, task_version

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def versions() -> dict[str, Version]:
    return {name: task_version(name) for name in MADE}


@pytest.fixture(scope="module")
def predictors(versions: dict[str, Version]) -> dict[str, Predictor]:
    return {name: version.load() for name, version in versions.items()}


@pytest.mark.parametrize("name", MADE)
def test_the_text_of_the_answers_is_what_json_dumps_makes_of_them(name: str, predictors: dict[str, Predictor]) -> None:
    for rows in (X, X[:1], 2 * X):
        plain = json.dumps(predictors[name].predict(rows), separators=(",", ":"))
        assert predictors[name].predict_json(rows) == plain


@pytest.mark.parametrize("name", MADE)
def test_one_row_and_a_batch_are_answered_as_the_contract_says(
    name: str, versions: dict[str, Version], tmp_path: Path
) -> None:
    application = open_application(MODEL_URI=str(versions[name].write(tmp_path)))
    document = ask(application, get_event("/openapi.json")).body
    model = ask(application, get_event("/model")).body
    schemas = document["components"]["schemas"]
    assert [target["name"] for target in model["targets"]] == [target.name for target in MADE[name][2]]
    assert fits(model, schemas["Manifest"], document)
    one = ask(application, predict_event({"features": X[0].tolist()}))
    batch = ask(application, predict_event({"instances": X[:3].tolist()}))
    assert (one.status, batch.status) == (200, 200), one.text
    assert fits(one.body, schemas["OneAnswer"], document)
    assert fits(batch.body, schemas["BatchAnswer"], document)
    fields = set(one.body) - {"model", "warnings"}
    assert fields <= set(schemas["Prediction"]["properties"])
    shown = document["paths"]["/predict"]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
    assert set(shown["row"]["value"]) - {"model"} == fields
    assert fits(shown["batch"]["value"], schemas["BatchAnswer"], document)


def test_an_outlier_has_a_score_below_zero(predictors: dict[str, Predictor]) -> None:
    predictor = predictors["forest of outliers"]
    answers = predictor.predict(X)
    assert {answer["prediction"] for answer in answers} == {"outlier", "inlier"}
    assert all((answer["score"] < 0) == (answer["prediction"] == "outlier") for answer in answers)
    assert [answer["score"] for answer in answers] == estimator_of(predictor).decision_function(X).tolist()


def test_a_cluster_is_a_whole_number_and_a_mixture_has_the_probability_of_each(
    predictors: dict[str, Predictor],
) -> None:
    means, mixture = predictors["means"].predict(X), predictors["mixture"].predict(X)
    assert [answer["prediction"] for answer in means] == estimator_of(predictors["means"]).predict(X).tolist()
    assert {type(answer["prediction"]) for answer in means} == {int}
    assert set(means[0]) == {"prediction"}
    for answer in mixture:
        assert answer["probabilities"][str(answer["prediction"])] == max(answer["probabilities"].values())


def test_several_targets_have_an_object_of_numbers_or_classes(predictors: dict[str, Predictor]) -> None:
    numbers = predictors["two numbers"].predict(X[:2])
    said = estimator_of(predictors["two numbers"]).predict(X[:2]).tolist()
    assert numbers == [{"prediction": {"width": row[0], "length": row[1]}} for row in said]
    classes = predictors["two classes at once"].predict(X)
    shares = estimator_of(predictors["two classes at once"]).predict_proba(X)
    for index, answer in enumerate(classes):
        assert list(answer["prediction"]) == list(answer["probabilities"]) == ["species", "si%ze"]
        assert answer["probabilities"]["si%ze"] == dict(zip(("long", "short"), shares[1][index].tolist(), strict=True))
        for target, label in answer["prediction"].items():
            assert answer["probabilities"][target][label] == max(answer["probabilities"][target].values())
    assert set(predictors["two without probabilities"].predict(X[:1])[0]) == {"prediction"}


def test_several_labels_are_a_list_with_the_probability_of_each_label(predictors: dict[str, Predictor]) -> None:
    for name in ("labels of one against the rest", "labels of neighbours", "labels of a chain"):
        answers = predictors[name].predict(X)
        assert {len(answer["prediction"]) for answer in answers} == {0, 1, 2}
        for answer in answers:
            likely = [label for label, share in answer["probabilities"].items() if share > 0.5]
            assert answer["prediction"] == likely
    assert set(predictors["labels without probabilities"].predict(X[:1])[0]) == {"prediction"}


def test_a_classifier_without_probabilities_has_a_score_for_each_class(predictors: dict[str, Predictor]) -> None:
    for name in ("scores", "scores of two classes"):
        for answer in predictors[name].predict(X):
            assert answer["scores"][answer["prediction"]] == max(answer["scores"].values())
    assert set(predictors["scores of pairs"].predict(X[:1])[0]) == {"prediction", "prediction_index"}


SPOILT: list[tuple[str, str, Any]] = [
    ("forest of outliers", "prediction", "outlier"),
    ("forest of outliers", "score", 0.5),
    ("means", "prediction", 7.0),
    ("mixture", "probabilities", {"0": 1.0, "1": 0.0, "2": 0.0, "3": 0.0}),
    ("two numbers", "prediction", {"width": 0.2, "length": 9.0}),
    ("two classes at once", "prediction", {"species": SPECIES[0], "si%ze": "long"}),
    ("two classes at once", "target_probabilities", {"species": {}, "si%ze": {"long": 1.0, "short": 0.0}}),
    ("labels of neighbours", "prediction", ("tall", "wi%de")),
    ("labels of neighbours", "probabilities", {"tall": 0.5, "wi%de": 0.5}),
    ("labels of neighbours", "probabilities", None),
    ("scores", "scores", dict.fromkeys(sorted(SPECIES), 0.0)),
]


@pytest.mark.parametrize(("name", "field", "value"), SPOILT, ids=lambda value: value if isinstance(value, str) else "")
def test_a_model_that_does_not_repeat_its_example_is_not_served(
    name: str, field: str, value: Any, versions: dict[str, Version]
) -> None:
    version = versions[name]
    spoilt = version.changed(example=replace(version.manifest.example, **{field: value}))
    with pytest.raises(SelfTestFailed):
        spoilt.load()


def test_numbers_may_differ_by_a_millionth_of_their_own_target_s_spread(versions: dict[str, Version]) -> None:
    version = versions["two numbers"]
    said = version.manifest.example.prediction
    assert isinstance(said, dict)
    near: dict[str, float | str] = {
        "width": float(said["width"]) + 0.7e-6,
        "length": float(said["length"]) + 1.6e-6,
    }
    version.changed(example=replace(version.manifest.example, prediction=near)).load()
    far: dict[str, float | str] = near | {"width": float(said["width"]) + 1.6e-6}
    with pytest.raises(SelfTestFailed):
        version.changed(example=replace(version.manifest.example, prediction=far)).load()


def test_an_example_of_before_has_no_scores_and_is_served(versions: dict[str, Version]) -> None:
    version = versions["scores"]
    older = tuple(replace(example, scores=None) for example in version.manifest.examples)
    served = version.changed(example=older[0], more_examples=older[1:])
    assert served.manifest.format_version < version.manifest.format_version
    assert "scores" in served.load().predict(X[:1])[0]


def test_a_manifest_of_other_targets_than_the_model_has_is_not_served(versions: dict[str, Version]) -> None:
    version = versions["two classes at once"]
    swapped = version.changed(target=replace(of_both[0], classes=("a", "b")))
    with pytest.raises(UnloadableArtifact, match="other classes"):
        swapped.load()
    with pytest.raises(UnloadableArtifact, match="2 targets"):
        version.changed(more_targets=(*of_both[1:], Target("third", ("a", "b")))).load()


@pytest.mark.parametrize("name", ["two numbers", "mixture", "labels of a chain", "scores", "two classes at once"])
def test_an_answer_that_is_not_finite_is_none(name: str, versions: dict[str, Version]) -> None:
    predictor = versions[name].load()
    parts = [estimator_of(predictor), *getattr(estimator_of(predictor), "estimators_", [])]
    for part in parts:
        for attribute in ("coef_", "means_"):
            if hasattr(part, attribute):
                setattr(part, attribute, getattr(part, attribute) * 1e300)
    with pytest.raises(NoFiniteAnswer) as raised:
        predictor.predict(np.vstack([1e30 * X[:2]]))
    assert raised.value.problems[0].row == 0


def test_a_label_that_is_no_class_of_its_target_is_told() -> None:
    predictor = task_version("tree of two").load()
    estimator_of(predictor).classes_[1] = np.array(["huge", "tiny"], dtype=object)
    with pytest.raises(NoClass):
        predictor.predict(X[:2])
