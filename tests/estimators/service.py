"""Takes the recipes' estimators the way to registries from which they serve, and has the handler answer for them.

What `package` does in a process for each model is done here in one for all, which takes a minute less; publishing and
promoting are as they are.
"""

import json
import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from handler.errors.base import SklearnOnLambdaError
from handler.records.decoding import decode
from handler.records.signature import Feature
from handler.registry.chain import MANIFEST_FILE, REPORT_FILE
from handler.registry.manifest import Manifest
from tests.estimators.own_answers import own_answers
from tests.estimators.recipes import Recipe
from tests.estimators.twins import twin
from training.bring.brought_model import manifest_of
from training.bring.inspection_process import MODULES, Inspected
from training.bring.loadable import require_loadable
from training.bring.stated import Stated
from training.errors import UnpackableArtifact
from training.folder.writing import ARTIFACT_FILE, write_files
from training.isolation import run_isolated
from training.pickles.imports import inspect_pickle
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import publish, read_folder
from training.release.stores.schemes import open_writable_store
from training.report.page import render_brought_report
from training.twin.outcome import Outcome as TwinOutcome

HERE = Path(__file__).parent
ROWS = 20
EXAMPLES = 3
AT_ONCE = 2
"""So many are published at once: each starts processes of its own."""


@dataclass(frozen=True)
class Fitted:
    """A recipe's estimator in a file of `folder`, rows, and what the estimator itself says of them."""

    recipe: Recipe
    folder: Path
    rows: list[list[float]]
    own: list[dict[str, Any]]

    @property
    def file(self) -> Path:
        return self.folder / "fitted.joblib"

    @property
    def registry(self) -> Path:
        return self.folder / "registry"

    @property
    def stated(self) -> Stated:
        """What a person who brings it would say."""
        features = tuple(Feature(f"x{place}", "number") for place in range(len(self.rows[0])))
        return Stated("tested", features, None, ("target",), tuple(self.rows[:EXAMPLES]))


@dataclass(frozen=True)
class Outcome:
    """What became of a recipe: the manifest that serves and its answers, or the sentence by which it was refused.

    `twin` is what became of its form for ONNX Runtime.
    """

    recipe: Recipe
    own: list[dict[str, Any]]
    manifest: Manifest | None
    answers: Any
    refusal: str | None
    twin: TwinOutcome | None = None

    @property
    def is_equal(self) -> bool:
        """Whether the handler's answers are the estimator's own, to the last digit."""
        return bool(self.answers == json.loads(json.dumps(self.own)))


def outcomes(recipes: Iterable[Recipe], folder: Path) -> list[Outcome]:
    """Fit, package, publish, promote and ask all of them."""
    fitted = [_fit(recipe, folder / str(place)) for place, recipe in enumerate(recipes)]
    arguments = {
        one.recipe.name: [str(one.file), str(one.file), str(one.folder / "copy"), asdict(one.stated)] for one in fitted
    }
    modules = (*MODULES, "training.bring.inspection_process")
    inspected = run_isolated(HERE / "inspect_process.py", arguments, modules=modules)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        released = list(pool.map(lambda one: _release(one, inspected[one.recipe.name]), fitted))
    asked = {
        one.recipe.name: {"uri": str(one.registry), "event": predict_event(one.rows)}
        for one, said in zip(fitted, released, strict=True)
        if isinstance(said, Manifest)
    }
    answered = run_isolated(HERE / "ask_process.py", asked)
    return [_outcome(one, said, answered) for one, said in zip(fitted, released, strict=True)]


def predict_event(rows: list[list[float]]) -> dict[str, Any]:
    """A request for a batch, as a REST API's."""
    return {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "Prod", "path": "/Prod/predict", "httpMethod": "POST"},
        "body": json.dumps({"instances": rows}),
        "isBase64Encoded": False,
    }


def _fit(recipe: Recipe, folder: Path) -> Fitted:
    folder.mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few rows and few iterations
        estimator = recipe.fitted()
        x = np.asarray(recipe.data().x[:ROWS], dtype=np.float64)
        fitted = Fitted(recipe, folder, x.tolist(), own_answers(estimator, x))
    joblib.dump(estimator, fitted.file)
    return fitted


def _release(one: Fitted, inspected: dict[str, Any]) -> Manifest | str:
    try:
        with one.file.open("rb") as file:
            require_loadable(inspect_pickle(file))
        if "refused" in inspected:
            raise UnpackableArtifact(inspected["refused"])
        content = (one.folder / "copy").read_bytes()
        manifest = manifest_of(one.file, one.stated, decode(Inspected, inspected), content)
        report = render_brought_report(manifest).encode()
        files = {ARTIFACT_FILE: content, REPORT_FILE: report, MANIFEST_FILE: manifest.to_json().encode()}
        write_files(one.folder / "out", files)
        store = open_writable_store(str(one.registry))
        publish(read_folder(one.folder / "out"), store)
        promote(store, Release(manifest.version, "production", "tests", "so that it is asked"))
    except SklearnOnLambdaError as error:
        return str(error)
    return manifest


def _outcome(one: Fitted, said: Manifest | str, answered: dict[str, Any]) -> Outcome:
    if isinstance(said, str):
        return Outcome(one.recipe, one.own, None, None, said)
    answer = answered[one.recipe.name]
    body = json.loads(answer["body"])
    if answer["statusCode"] != 200:
        return Outcome(one.recipe, one.own, said, None, body["error"])
    found = twin(one.recipe.data(), said, (one.folder / "copy").read_bytes(), one.rows)
    return Outcome(one.recipe, one.own, said, body["predictions"], None, found)
