"""Turns verified bytes into a model that is proved, and asks it.

It takes a `VerifiedArtifact`, compares the library versions, has the engine load those same bytes, and compares the
model's answers with its examples before anyone gets one. How a model is loaded and computes is the engine's part; what
its answers look like is each task's (`handler.serving.answers`).
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.engines.versions import require_runtime
from handler.errors.model import SelfTestFailed, UnloadableArtifact
from handler.errors.request import RefusedByModel, RequestError
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_rows
from handler.serving.answers.base import Output, counted
from handler.serving.answers.choice import answers_of
from handler.serving.engine_choice import engine_for
from handler.serving.self_test import require_repeated


class Predictor:
    """One loaded model with its manifest; raises UnloadableArtifact where the two do not belong together."""

    def __init__(self, manifest: Manifest, model: LoadedModel) -> None:
        self.manifest = manifest
        self.model = model
        self._answers = answers_of(manifest.task, model, manifest.features, manifest.targets)

    def predict(self, rows: NDArray[Any]) -> list[dict[str, Any]]:
        """The answers to `rows`, of shape (rows, features), in order, as the HTTP contract has them for the task.

        Raises NoFiniteAnswer, NoClass or RefusedByModel, which name the rows; what a model raises that does not answer
        its own examples either passes through.
        """
        return self.plain(self.ask(rows))

    def predict_json(self, rows: NDArray[Any]) -> str:
        """What json.dumps makes of `predict(rows)`, several times faster where there are many rows."""
        return self.text(self.ask(rows))

    def plain(self, found: Any) -> list[dict[str, Any]]:
        """What `ask` found, as the HTTP contract has it."""
        return self._answers.plain(found)

    def text(self, found: Any) -> str:
        """What `ask` found, as the JSON of `plain`."""
        return self._answers.text(found)

    def outputs(self, found: Any) -> tuple[Output, ...]:
        """What `ask` found, of each target, as arrays to be counted."""
        return self._answers.outputs(found)

    def ask(self, rows: NDArray[Any]) -> Any:
        """What the model says of `rows`, all finite, as `handler.serving.answers` has it; raises as `predict` does."""
        try:
            return self._ask_at_once(rows)
        except (RequestError, MemoryError):
            raise
        except Exception as error:
            examples = example_rows(self.manifest)
            # A model that no longer answers its own examples is broken, whatever the rows are.
            self._ask_at_once(examples)
            from handler.serving.refused_rows import refused_rows  # seldom needed

            names = [feature.name for feature in self.manifest.features]
            problems = refused_rows(self._ask_at_once, rows, examples[:1], names)
            if not problems:
                raise
            raise RefusedByModel(
                f"The model cannot compute with {counted(problems)}: each value is one that it takes by its kind, but "
                "not one that its arithmetic or its encoders know. Leave these rows out, or correct them.",
                problems,
            ) from error

    def _ask_at_once(self, rows: NDArray[Any]) -> Any:
        # An overflow is found in the answer. What libraries warn of (overflow, outliers, a DataFrame's names that an
        # array lacks) would go to the log as plain text, and the log has JSON lines alone.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._answers.ask(rows)


def load_predictor(artifact: VerifiedArtifact) -> Predictor:
    """Load a verified model and prove that it repeats its examples.

    Raises RuntimeMismatch before anything is loaded, UnloadableArtifact where there is no engine for it, the engine
    cannot load it, or it is another model than its manifest describes, SelfTestFailed where it answers otherwise than
    when it was trained.
    """
    manifest = artifact.manifest
    engine = engine_for(manifest)
    require_runtime(manifest.runtime, engine.versions(), engine.name)
    predictor = Predictor(manifest, engine.load(artifact))
    _self_test(predictor)
    return predictor


def example_rows(manifest: Manifest) -> NDArray[Any]:
    """The manifest's examples as an array of shape (examples, features), typed as requests are."""
    return typed_rows([example.features for example in manifest.examples], manifest.features)


def _self_test(predictor: Predictor) -> None:
    try:
        answers = predictor.predict(example_rows(predictor.manifest))
    except UnloadableArtifact:
        raise
    except Exception as error:
        raise SelfTestFailed(f"The model failed on its own example: {type(error).__name__}.") from error
    require_repeated(answers, predictor.manifest)
