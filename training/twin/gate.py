"""The gate that a twin has to pass: it answers all rows as the model does, and the manifest's examples too.

The model is loaded from the very bytes that are published, the twin too, each by the engine that serves it: what is
compared is what a function would answer.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.engines.onnx_runtime.engine import OnnxRuntime
from handler.engines.scikit_learn import FittedEstimator
from handler.errors.base import SklearnOnLambdaError
from handler.errors.model import SelfTestFailed, UnloadableArtifact
from handler.records.signature import Value
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import ArtifactFile, Manifest, Parity, sha256
from handler.serving.predictor import Predictor, example_rows
from handler.serving.self_test import require_repeated
from training.errors import NoTwin
from training.twin.asked.rows import rows_to_ask
from training.twin.compared.parity import BOUND, Comparison, Differences, Expected, quietly
from training.twin.conversion import Graph
from training.twin.outcome import TWIN_FILE, TWIN_FORM

SECONDS = 120.0
"""What a model may take to answer all rows, and its graph too: where either takes longer there is no twin, for fewer
rows would prove less."""


class Gate:
    """What `model` answers to the rows that each twin of it is asked: of the `real` ones, with gaps as None, those that
    the API takes, drawn ones, and those at thresholds.

    Making one raises NoTwin where there are too few rows, or they take longer than `seconds`.
    """

    def __init__(
        self,
        model: FittedEstimator,
        manifest: Manifest,
        real: Sequence[Sequence[Value]],
        seed: int,
        seconds: float = SECONDS,
    ) -> None:
        self.model, self.manifest, self.seconds = model, manifest, seconds
        examples = [example.features for example in manifest.examples]
        asked = rows_to_ask(
            model.estimator, manifest.features, [*real, *examples], lambda rows: computed(model, rows), seed
        )
        self.boundary = asked.boundary
        self.comparison = Comparison(model, manifest.task, manifest.targets, asked.ordinary)
        self._expected = list(self._answered(asked.blocks(), len(asked)))

    def admit(self, graph: Graph) -> Parity:
        """The parity of `graph`; raises NoTwin where it does not pass."""
        own = self._own(graph)
        try:
            twin = self._loaded(graph, own)
            ordinary, boundary = self._differences(twin)
            require_agreement(ordinary, boundary)
            predictor = Predictor(own, twin)
            require_repeated(predictor.predict(example_rows(own)), own)
        except NoTwin:
            raise
        except SelfTestFailed as error:
            raise NoTwin("Its graph does not repeat the manifest's examples as the self-test asks.") from error
        except UnloadableArtifact as error:
            raise NoTwin("ONNX Runtime does not load its graph.") from error
        except SklearnOnLambdaError as error:
            raise NoTwin(f"Its graph does not answer the manifest's examples: {type(error).__name__}.") from error
        except Exception as error:
            raise NoTwin(f"ONNX Runtime does not run its graph: {type(error).__name__}.") from error
        both = ordinary + boundary
        return Parity(both.rows, boundary.rows, both.largest, BOUND, both.near_a_tie)

    def differences(self, graph: Graph) -> tuple[Differences, Differences]:
        """How `graph` differs on the ordinary rows, and on those at thresholds; what it raises passes through."""
        return self._differences(self._loaded(graph, self._own(graph)))

    def _own(self, graph: Graph) -> Manifest:
        file = ArtifactFile(TWIN_FILE, len(graph.data), sha256(graph.data), graph.input)
        return replace(self.manifest, artifacts={TWIN_FORM: file})

    def _loaded(self, graph: Graph, own: Manifest) -> LoadedModel:
        return OnnxRuntime().load(VerifiedArtifact(own, graph.data))

    def _differences(self, twin: LoadedModel) -> tuple[Differences, Differences]:
        ordinary, boundary = Differences(), Differences()
        pace = _Pace("The graph", self.seconds, sum(len(expected.rows) for expected, _ in self._expected))
        for expected, is_boundary in self._expected:
            found = self.comparison.differences(expected, twin)
            pace.answered(found.rows)
            ordinary, boundary = (ordinary, boundary + found) if is_boundary else (ordinary + found, boundary)
        return ordinary, boundary

    def _answered(self, blocks: Iterator[tuple[NDArray[Any], bool]], count: int) -> Iterator[tuple[Expected, bool]]:
        """What the model says of all rows, `count` of them; raises NoTwin where it takes too long."""
        pace = _Pace("The model", self.seconds, count)
        for rows, is_boundary in blocks:
            yield self._expected_of(rows), is_boundary
            pace.answered(len(rows))

    def _expected_of(self, rows: NDArray[Any]) -> Expected:
        try:
            return self.comparison.expected(rows)
        except Exception:  # noqa: BLE001 - a value at a threshold may be one that the model cannot compute with
            return self.comparison.expected(rows[computed(self.model, rows)])


class _Pace:
    """Whether `who` will answer all `rows` within `seconds`, at the pace so far."""

    def __init__(self, who: str, seconds: float, rows: int) -> None:
        self.who, self.seconds, self.rows = who, seconds, rows
        self.began, self.done = time.monotonic(), 0

    def answered(self, rows: int) -> None:
        """So many more rows are answered; raises NoTwin as soon as it is clear that it takes too long."""
        self.done += rows
        if (time.monotonic() - self.began) * self.rows > self.seconds * self.done:
            raise NoTwin(f"{self.who} takes longer than {self.seconds:.0f} s to answer {self.rows:,} rows to compare.")


def computed(model: FittedEstimator, rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `rows` the model computes with, whatever it raises over the others."""
    if not len(rows):
        return np.zeros(0, dtype=np.bool_)
    try:
        quietly(lambda: model.predict(rows))
    except Exception:  # noqa: BLE001 - the API answers such a row with 422
        if len(rows) == 1:
            return np.zeros(1, dtype=np.bool_)
    else:
        return np.ones(len(rows), dtype=np.bool_)
    middle = len(rows) // 2
    return np.concatenate([computed(model, rows[:middle]), computed(model, rows[middle:])])


def require_agreement(ordinary: Differences, boundary: Differences) -> None:
    """Raise NoTwin where a row is outside of the bounds."""
    both = ordinary + boundary
    if both.outside:
        what = both.what if both.largest > BOUND else "the label"
        by = f" by up to {both.largest:.2g}, where {BOUND:.0e} is allowed" if BOUND < both.largest < np.inf else ""
        raise NoTwin(
            f"Its graph answers {ordinary.outside:,} of {ordinary.rows:,} ordinary rows and {boundary.outside:,} of "
            f"{boundary.rows:,} at thresholds of trees otherwise: {what}{by}."
        )
