"""From raw sums to answers: probabilities by a loss, numbers through a link, inliers by a sign."""

from training.errors import NoTwin
from training.twin.graphs.drawing import Answer, Drawing


def of_classes(drawing: Drawing, raw: str, loss: str) -> Answer:
    """Probabilities of `raw`, of shape (rows, 1) or (rows, classes); `loss` is its class in scikit-learn."""
    if loss in ("HalfBinomialLoss", "ExponentialLoss"):
        doubled = drawing.add("Mul", raw, drawing.numbers(2.0)) if loss == "ExponentialLoss" else raw
        shares = drawing.of_two(drawing.add("Sigmoid", doubled))
        return Answer(drawing.positive(raw), shares, raw)
    if loss == "HalfMultinomialLoss":
        return Answer(drawing.largest(raw), drawing.add("Softmax", raw, axis=1), raw)
    raise NoTwin(f"Its loss is {loss}.")


def of_link(drawing: Drawing, raw: str, link: str) -> str:
    """`raw` through the inverse of a link, which is named by its class in scikit-learn."""
    if link == "IdentityLink":
        return raw
    if link == "LogLink":
        return drawing.add("Exp", raw)
    raise NoTwin(f"Its link is {link}.")


def inliers(drawing: Drawing, decision: str, *, at_zero: int = 1) -> Answer:
    """1 or -1 by the sign of `decision`, of shape (rows, 1); `at_zero` is what 0 gets."""
    within = drawing.add("GreaterOrEqual" if at_zero == 1 else "Greater", decision, drawing.numbers(0.0))
    said = drawing.add("Where", within, drawing.places(1), drawing.places(-1))
    return Answer(drawing.flat(said), decision=decision)
