"""Kernels, and the models that are a weighted sum of them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.gaussian_process import kernels

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.models.distances import squared


def kernel(drawing: Drawing, rows: str, points: Any, name: Any, given: Mapping[str, Any]) -> str:
    """A kernel by its name between each row and each point, of shape (rows, points); `given` are gamma, degree and
    coef0."""
    points = np.asarray(points.toarray() if hasattr(points, "toarray") else points, dtype=np.float64)
    gamma, offset = float(given.get("gamma") or 0.0), float(given.get("coef0") or 0.0)
    if name == "rbf":
        return drawing.add("Exp", drawing.add("Mul", squared(drawing, rows, points), drawing.numbers(-gamma)))
    product = drawing.add("MatMul", rows, drawing.numbers(points.T))
    if name == "linear":
        return product
    scaled = drawing.add("Add", drawing.add("Mul", product, drawing.numbers(gamma)), drawing.numbers(offset))
    if name in ("poly", "polynomial"):
        return drawing.add("Pow", scaled, drawing.numbers(float(given["degree"])))
    if name == "sigmoid":
        return drawing.add("Tanh", scaled)
    raise NoTwin("Its kernel is a function of its own, or one that is not known here.")


def draw_ridge(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A KernelRidge."""
    gamma = 1.0 / columns.width if estimator.gamma is None else estimator.gamma
    given = {"gamma": gamma, "degree": estimator.degree, "coef0": estimator.coef0}
    made = kernel(drawing, joined(drawing, columns), estimator.X_fit_, estimator.kernel, given)
    weights = np.asarray(estimator.dual_coef_)
    total = drawing.add("MatMul", made, drawing.numbers(weights.reshape(len(weights), -1)))
    return Answer(total if weights.ndim == 2 and weights.shape[1] > 1 else drawing.flat(total))


def draw_propagation(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A LabelPropagation or a LabelSpreading."""
    if estimator.kernel != "rbf":
        raise NoTwin("Its labels spread by other than its RBF kernel.")
    near = kernel(drawing, joined(drawing, columns), estimator.X_, "rbf", {"gamma": estimator.gamma})
    shares = drawing.shares(drawing.add("MatMul", near, drawing.numbers(estimator.label_distributions_)))
    return Answer(drawing.largest(shares), shares)


def draw_process(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A GaussianProcessRegressor: its mean."""
    points = np.asarray(estimator.X_train_, dtype=np.float64)
    weights = np.asarray(estimator.alpha_)
    near = _process_kernel(drawing, joined(drawing, columns), points, estimator.kernel_)
    total = drawing.add("MatMul", near, drawing.numbers(weights.reshape(len(weights), -1)))
    spread, mean = (np.reshape(value, (1, -1)) for value in (estimator._y_train_std, estimator._y_train_mean))
    made = drawing.add("Add", drawing.add("Mul", total, drawing.numbers(spread)), drawing.numbers(mean))
    return Answer(made if weights.ndim == 2 and weights.shape[1] > 1 else drawing.flat(made))


def _process_kernel(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:
    draw = _PROCESS_KERNELS.get(type(given))
    if draw is None:
        raise NoTwin(f"Its kernel {type(given).__name__} cannot be written in ONNX so that it answers exactly.")
    return draw(drawing, rows, points, given)


def _both(kind: str) -> Callable[..., str]:
    def draw(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:
        first, second = (_process_kernel(drawing, rows, points, part) for part in (given.k1, given.k2))
        return drawing.add(kind, first, second)

    return draw


def _constant(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:
    return drawing.same(rows, np.full(len(points), given.constant_value))


def _noise(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:  # noqa: ARG001 - none between
    return drawing.same(rows, np.zeros(len(points)))


def _scaled(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:
    """Squared distances in units of the kernel's lengths."""
    lengths = np.broadcast_to(np.asarray(given.length_scale, dtype=np.float64), points.shape[1]).reshape(1, -1)
    return squared(drawing, drawing.add("Div", rows, drawing.numbers(lengths)), points / lengths)


def _gauss(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:
    return drawing.add("Exp", drawing.add("Mul", _scaled(drawing, rows, points, given), drawing.numbers(-0.5)))


def _matern(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:
    if given.nu not in (0.5, 1.5, 2.5):
        raise NoTwin("Its Matern kernel has a smoothness that ONNX has no function for.")
    distance = drawing.add("Sqrt", _scaled(drawing, rows, points, given))
    length = drawing.add("Mul", distance, drawing.numbers(np.sqrt(2 * given.nu)))
    decay = drawing.add("Exp", drawing.add("Neg", length))
    if given.nu == 0.5:
        return decay
    factor = drawing.add("Add", length, drawing.numbers(1.0))
    if given.nu == 2.5:
        third = drawing.add("Div", drawing.add("Mul", length, length), drawing.numbers(3.0))
        factor = drawing.add("Add", factor, third)
    return drawing.add("Mul", factor, decay)


def _dot(drawing: Drawing, rows: str, points: NDArray[np.float64], given: Any) -> str:
    product = drawing.add("MatMul", rows, drawing.numbers(points.T))
    return drawing.add("Add", product, drawing.numbers(float(given.sigma_0) ** 2))


_PROCESS_KERNELS: dict[type, Callable[..., str]] = {
    kernels.Sum: _both("Add"),
    kernels.Product: _both("Mul"),
    kernels.ConstantKernel: _constant,
    kernels.WhiteKernel: _noise,
    kernels.RBF: _gauss,
    kernels.Matern: _matern,
    kernels.DotProduct: _dot,
}
