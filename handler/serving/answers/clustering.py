"""The number of the cluster that a row belongs to."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.serving.answers.base import Answers, Output, filled_object, json_list, require_finite, require_shape
from handler.serving.answers.float_texts import float_texts


class Found(NamedTuple):
    """Each row's cluster, and the probabilities, of shape (rows, clusters), where the model has them."""

    clusters: list[int]
    shares: NDArray[np.float64] | None


class Clustering(Answers):
    """`prediction`, a whole number, and the `probabilities` of all clusters where the model has them."""

    def ask(self, rows: NDArray[Any]) -> Found:
        clusters = [int(cluster) for cluster in np.asarray(self.model.predict(rows)).reshape(len(rows)).tolist()]
        given = self.model.predict_proba(rows)
        if given is None:
            self.require_finite_scores(rows)
            return Found(clusters, None)
        shares = np.asarray(given, dtype=np.float64)
        require_shape(shares, len(rows), len(self.targets[0].classes), "probabilities", "clusters")
        require_finite(np.all(np.isfinite(shares), axis=1))
        return Found(clusters, shares)

    def plain(self, found: Found) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = [{"prediction": cluster} for cluster in found.clusters]
        if found.shares is not None:
            for answer, row in zip(answers, found.shares.tolist(), strict=True):
                answer["probabilities"] = dict(zip(self.targets[0].classes, row, strict=True))
        return answers

    def text(self, found: Found) -> str:
        if found.shares is None:
            return json_list([f'{{"prediction":{cluster}}}' for cluster in found.clusters])
        probabilities = filled_object(dict.fromkeys(self.targets[0].classes, "%s"))
        form = filled_object({"prediction": "%s", "probabilities": probabilities})
        texts = iter(float_texts(found.shares.ravel()))
        rows = zip(*[texts] * found.shares.shape[1], strict=True)
        return json_list([form % (cluster, *row) for cluster, row in zip(found.clusters, rows, strict=True)])

    def outputs(self, found: Found) -> tuple[Output, ...]:
        names = self.targets[0].classes
        place = {name: at for at, name in enumerate(names)}
        # The bin after those of the names is of what has none.
        places = [place.get(str(cluster), len(names)) for cluster in found.clusters]
        highest = None if found.shares is None else found.shares.max(axis=1)
        return (Output(np.asarray(places, dtype=np.intp), highest),)
