"""A graph that grows by one node after the other. All numbers in it are float64, as scikit-learn's are.

It knows no estimator: which function draws which class is handed to it, so that models of models can have their parts
drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import helper, numpy_helper

from training.errors import NoTwin
from training.twin.graphs.columns import Columns

OPSETS = {"": 21, "ai.onnx.ml": 5}
IR_VERSION = 10
"""ONNX Runtime 1.26 reads up to 13; opset 21 came with 10 (ONNX documentation, "Versioning")."""

ML = "ai.onnx.ml"


@dataclass(frozen=True)
class Answer:
    """The tensors of a model's answers, by their names.

    `prediction`, of shape (rows,): the place of the class (int64), the number of the cluster, 1 or -1, or a number; of
    several numbers or labels (rows, outputs). `probabilities` and `decision` are of shape (rows, classes), but the
    decision of two classes, and of an outlier detection, of (rows, 1). `parts` are the answers of several targets.
    """

    prediction: str
    probabilities: str | None = None
    decision: str | None = None
    parts: tuple["Answer", ...] = ()


Answering = Callable[["Drawing", Any, Columns], Answer]
Stepping = Callable[["Drawing", Any, Columns], Columns]


class Drawing:
    """The nodes and constants so far; `answering` and `stepping` are the functions that draw each class."""

    def __init__(self, answering: Mapping[type, Answering], stepping: Mapping[type, Stepping]) -> None:
        self._answering = answering
        self._stepping = stepping
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._named = 0

    def answer(self, estimator: Any, columns: Columns) -> Answer:
        """Draws a model; raises NoTwin where its class is not known."""
        draw = self._answering.get(type(estimator))
        if draw is None:
            raise NoTwin(f"{type(estimator).__name__} cannot be written in ONNX so that it answers exactly.")
        return draw(self, estimator, columns)

    def step(self, transformer: Any, columns: Columns) -> Columns:
        """Draws a step before a model; raises NoTwin where its class is not known."""
        draw = self._stepping.get(type(transformer))
        if draw is None:
            raise NoTwin(f"{type(transformer).__name__} cannot be written in ONNX so that it answers exactly.")
        return draw(self, transformer, columns)

    def name(self) -> str:
        """A name that no tensor has yet."""
        self._named += 1
        return f"t{self._named}"

    def add(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node of one output, whose name is returned."""
        output = self.name()
        self.nodes.append(helper.make_node(kind, list(inputs), [output], domain=domain, **attributes))
        return output

    def two(self, kind: str, *inputs: str, **attributes: Any) -> tuple[str, str]:
        """A node of two outputs."""
        outputs = (self.name(), self.name())
        self.nodes.append(helper.make_node(kind, list(inputs), list(outputs), **attributes))
        return outputs

    def numbers(self, values: ArrayLike) -> str:
        """A constant of float64."""
        return self.constant(np.asarray(values, dtype=np.float64))

    def places(self, values: ArrayLike) -> str:
        """A constant of int64."""
        return self.constant(np.asarray(values, dtype=np.int64))

    def constant(self, array: NDArray[Any]) -> str:
        """A constant; the same one is kept once."""
        array = np.ascontiguousarray(array).reshape(array.shape)
        key = (str(array.dtype), array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = self.name()
            self.initializers.append(numpy_helper.from_array(array, self._constants[key]))
        return self._constants[key]

    # What the models are mostly made of.

    def linear(self, rows: str, weights: ArrayLike, offsets: ArrayLike) -> str:
        """rows @ weights + offsets, of shape (rows, outputs); `weights` of shape (features, outputs)."""
        product = self.add("MatMul", rows, self.numbers(weights))
        return self.add("Add", product, self.numbers(np.reshape(np.asarray(offsets, dtype=np.float64), (1, -1))))

    def total(self, rows: str, axis: int = 1, *, keep: bool = True) -> str:
        return self.add("ReduceSum", rows, self.places([axis]), keepdims=int(keep))

    def largest(self, rows: str) -> str:
        """The place of the largest value of each row, the first of several, of shape (rows,)."""
        return self.add("ArgMax", rows, axis=1, keepdims=0)

    def double(self, tensor: str) -> str:
        return self.add("Cast", tensor, to=onnx.TensorProto.DOUBLE)

    def whole(self, tensor: str) -> str:
        return self.add("Cast", tensor, to=onnx.TensorProto.INT64)

    def flat(self, tensor: str) -> str:
        """(rows, 1) as (rows,)."""
        return self.add("Reshape", tensor, self.places([-1]))

    def upright(self, tensor: str, width: int = 1) -> str:
        """(rows,) as (rows, 1), or what has as many values as (rows, width)."""
        return self.add("Reshape", tensor, self.places([-1, width]))

    def beside(self, tensors: Sequence[str]) -> str:
        """Tensors of as many rows, side by side."""
        return tensors[0] if len(tensors) == 1 else self.add("Concat", *tensors, axis=1)

    def picked(self, rows: str, places: Sequence[int]) -> str:
        """Some of the columns, in this order."""
        return self.add("Gather", rows, self.places(list(places)), axis=1)

    def positive(self, decision: str) -> str:
        """1 where the value is above 0, else 0: the place of one of two classes, from (rows, 1) to (rows,)."""
        return self.flat(self.whole(self.add("Greater", decision, self.numbers(0.0))))

    def of_two(self, share: str) -> str:
        """The probabilities of two classes from the second one's, of shape (rows, 1)."""
        return self.beside([self.add("Sub", self.numbers(1.0), share), share])

    def shares(self, rows: str) -> str:
        """Each row divided by its sum."""
        return self.add("Div", rows, self.total(rows))

    def same(self, rows: str, values: ArrayLike) -> str:
        """The same `values` for each row, of shape (rows, values); `rows` are any numbers, even gaps."""
        count = self.add("Slice", self.add("Shape", rows), self.places([0]), self.places([1]))
        constant = np.reshape(np.asarray(values, dtype=np.float64), (1, -1))
        shape = self.add("Concat", count, self.places([constant.shape[1]]), axis=0)
        return self.add("Expand", self.numbers(constant), shape)
