"""What became of a twin, and how it is said to a person. Nothing here needs a library of ONNX."""

from dataclasses import dataclass

from handler.registry.manifest import InputForm, Parity

TWIN_FORM = "onnx"
TWIN_FILE = "model.onnx"


@dataclass(frozen=True)
class Twin:
    """A graph as bytes, what it takes, and how nearly it answers as the joblib form does.

    Of `thresholds` in the model's trees, `asked_thresholds` had rows on both sides.
    """

    data: bytes
    input: InputForm
    parity: Parity
    thresholds: int
    asked_thresholds: int

    @property
    def sentence(self) -> str:
        """One line for the output of a command."""
        parity = self.parity
        differing = (
            f"{parity.labels_differing:,} ties fall otherwise" if parity.labels_differing else "no label differs"
        )
        return (
            f"Twin: {TWIN_FILE} answers {parity.rows:,} rows as the model does, {parity.boundary_rows:,} of them at "
            f"thresholds of trees: the largest difference is {parity.largest_difference:.1g} where {parity.bound:.0e} "
            f"is allowed, and {differing}."
        )


@dataclass(frozen=True)
class WithoutTwin:
    """Why a version has no twin, in a sentence."""

    reason: str

    @property
    def sentence(self) -> str:
        """One line for the output of a command."""
        return f"No twin: {self.reason}"


NOT_ASKED_FOR = WithoutTwin("It was not asked for (--no-twin).")

Outcome = Twin | WithoutTwin
