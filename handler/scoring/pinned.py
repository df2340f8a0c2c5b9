"""The model of one version, whatever the alias names: all chunks of a table are scored by the same one."""

from typing import TYPE_CHECKING

from handler.serving.freed_memory import give_back
from handler.serving.source import ModelSource

if TYPE_CHECKING:
    from handler.serving.predictor import Predictor


class PinnedModel:
    """The model that was asked for last, kept until another version is asked for. One is in memory at a time."""

    def __init__(self, source: ModelSource) -> None:
        self._source = source
        self._held: tuple[tuple[str, str], Predictor] | None = None

    def predictor(self, version: str, manifest_sha256: str) -> "Predictor":
        """The model of `version`, whose manifest has this digest.

        Raises ModelUnavailable; where it could not be read, the one before is kept.
        """
        # Brings scikit-learn or ONNX Runtime with the model, and not before one is asked for.
        from handler.serving.predictor import load_predictor

        asked = version, manifest_sha256
        if self._held is not None and self._held[0] == asked:
            return self._held[1]
        artifact = self._source.pinned(version, manifest_sha256)
        if self._held is not None:
            self._held = None
            give_back()
        loaded = load_predictor(artifact)
        self._held = asked, loaded
        return loaded
