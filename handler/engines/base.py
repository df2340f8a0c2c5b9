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

    `classes` are its labels in the order of its probabilities; empty where it has none, or several targets. Then
    `target_classes` are those of each target, and empty where the targets are numbers. Of a multilabel classification
    they are what stands for each label that is not there or there: 0 and 1. What a model raises over rows passes
    through.
    """

    classes: Sequence[Any] = ()
    target_classes: Sequence[Sequence[Any]] = ()

    @abstractmethod
    def predict(self, rows: "NDArray[Any]") -> Any:
        """One answer a row: a number, a label out of `classes`, a cluster's number, or 1 or -1 for an outlier.

        With several targets of shape (rows, targets), with several labels of (rows, labels): 1 for one that is there.
        """

    def predict_proba(self, rows: "NDArray[Any]") -> Any:  # noqa: ARG002 - for those that have probabilities
        """The probabilities, of shape (rows, classes); None where the model has none."""
        return None

    def target_probabilities(self, rows: "NDArray[Any]") -> "list[NDArray[np.float64]] | None":  # noqa: ARG002 - as above
        """The probabilities of each of several targets, of shape (rows, its classes); None where there are none."""
        return None

    def label_probabilities(self, rows: "NDArray[Any]") -> "NDArray[np.float64] | None":  # noqa: ARG002 - as above
        """How probable each label of a multilabel classification is, of shape (rows, labels); None as above."""
        return None

    def class_scores(self, rows: "NDArray[Any]") -> "NDArray[np.float64] | None":  # noqa: ARG002 - as above
        """A decision value for each class, of shape (rows, classes), the largest for the class that is nearest; None
        where the model has none."""
        return None

    def outlier_scores(self, rows: "NDArray[Any]") -> "NDArray[np.float64] | None":  # noqa: ARG002 - as above
        """How far within the inliers each row lies, of shape (rows,), below 0 for an outlier; None as above."""
        return None

    def finite_scores(self, rows: "NDArray[Any]") -> "NDArray[np.bool_] | bool":  # noqa: ARG002 - as above
        """Which rows a model without probabilities decides without an overflow; True is all of them."""
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
