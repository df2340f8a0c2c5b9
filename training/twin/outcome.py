"""What became of a twin, and how it is said to a person. Nothing here needs a library of ONNX."""

from dataclasses import dataclass, replace

from handler.engines.versions import installed_versions
from handler.registry.manifest import ArtifactFile, InputForm, Manifest, Parity, sha256

TWIN_FORM = "onnx"
TWIN_FILE = "model.onnx"

SMALL = 1e-9
"""Smaller differences are told apart in the report alone: they are another number on another processor."""


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
        parity, least = self.parity, SMALL
        trees = f", {parity.boundary_rows:,} of them at thresholds of trees" if parity.boundary_rows else ""
        largest = f"{parity.largest_difference:.0e}" if parity.largest_difference > least else f"below {least:.0e}"
        labels = f"{parity.labels_differing:,} ties fall otherwise" if parity.labels_differing else "no label differs"
        return (
            f"Twin: {TWIN_FILE} answers {parity.rows:,} rows as the model does{trees}; the largest difference is "
            f"{largest}, where {parity.bound:.0e} is allowed, and {labels}."
        )


@dataclass(frozen=True)
class WithoutTwin:
    """Why a version has no twin, in a sentence."""

    reason: str

    @property
    def sentence(self) -> str:
        """One line for the output of a command."""
        return f"No twin: {self.reason}"


ENDED = WithoutTwin("The process that makes it ended before it was done: it may need more memory than there is.")
OWN_CODE = WithoutTwin("The model imports modules of its owner, which no converter knows.")

Outcome = Twin | WithoutTwin


def with_twin_file(manifest: Manifest, twin: Twin) -> Manifest:
    """`manifest` with the entry of the twin, and with the version of what runs it."""
    file = ArtifactFile(TWIN_FILE, len(twin.data), sha256(twin.data), twin.input, twin.parity)
    versions = {"onnxruntime": installed_versions("onnxruntime")["onnxruntime"]}
    return replace(
        manifest, artifacts={**manifest.artifacts, TWIN_FORM: file}, runtime={**manifest.runtime, **versions}
    )
