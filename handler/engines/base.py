"""The seam between serving and the libraries that compute: what an engine is, and what it makes of an artifact.

Nothing here knows a library, and nothing on the other side of the seam knows the HTTP contract.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handler.engines.shipped import LIBRARIES, Library
from handler.engines.versions import installed_versions
from handler.registry.chain import VerifiedArtifact

if TYPE_CHECKING:
    # A model is chosen and read before any library is needed.
    import numpy as np
    from numpy.typing import NDArray


class LoadedModel(ABC):
    """A model in memory, ready to answer rows of shape (rows, features), as `handler.rows.dtype` holds them.

    `classes` are its labels in the order of its probabilities; empty where it has none. What a model raises over rows
    passes through.
    """

    classes: Sequence[Any] = ()

    @abstractmethod
    def predict(self, rows: "NDArray[Any]") -> Any:
        """One answer a row: a number, or a label out of `classes`."""

    def predict_proba(self, rows: "NDArray[Any]") -> Any:  # noqa: ARG002 - for those that have probabilities
        """The probabilities, of shape (rows, classes); None where the model has none."""
        return None

    def finite_scores(self, rows: "NDArray[Any]") -> "NDArray[np.bool_] | bool":  # noqa: ARG002 - as above
        """Which rows a classifier without probabilities decides without an overflow; True is all of them."""
        return True


class Engine(ABC):
    """One way to load and run models. `name` is its name in `handler.engines.shipped.LIBRARIES`."""

    name: str

    @property
    def libraries(self) -> Sequence[Library]:
        """The libraries that it loads and computes with."""
        return LIBRARIES[self.name]

    def versions(self) -> dict[str, str]:
        """The versions here of Python and of `libraries`, by the names that manifests use."""
        return installed_versions(self.name)

    @abstractmethod
    def load(self, artifact: VerifiedArtifact) -> LoadedModel:
        """The model of these bytes, fit to serve; raises UnloadableArtifact. The versions were compared before."""
