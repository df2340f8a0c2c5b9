"""Trees as one node of ONNX: thresholds, leaves and sums in float64 (ai.onnx.ml, opset 5, TreeEnsemble)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import numpy_helper

from training.twin.graphs.drawing import ML, Drawing

AT_MOST, MEMBER = 0, 6
"""The modes BRANCH_LEQ and BRANCH_MEMBER."""
SUM = 1


@dataclass(frozen=True)
class Tree:
    """A tree by its nodes, the root first. An inner node goes to `yes` where its feature is at most its threshold, or,
    where the node is one of `members`, among these values; `gap_yes` says where a gap goes. A leaf has `yes` -1."""

    feature: NDArray[Any]
    threshold: NDArray[np.float64]
    yes: NDArray[Any]
    no: NDArray[Any]
    gap_yes: NDArray[Any]
    members: dict[int, list[int]] = field(default_factory=dict)

    @property
    def leaves(self) -> NDArray[Any]:
        """The nodes that are leaves."""
        return np.flatnonzero(np.asarray(self.yes) < 0)


@dataclass
class _Nodes:
    """The attributes of the node, as they grow."""

    attributes: dict[str, list[Any]]

    def put(self, **values: Any) -> None:
        for name, value in values.items():
            self.attributes[name].append(value)


def summed(
    drawing: Drawing,
    rows: str,
    trees: Sequence[Tree],
    weights: Sequence[NDArray[np.float64]],
    targets: Sequence[int],
    width: int,
) -> str:
    """The sums of the leaves that each row comes to, of shape (rows, width): `weights` has a number for each node of
    each tree, and `targets` says to which column a tree adds."""
    names = (
        *("nodes_featureids", "nodes_splits", "nodes_modes", "nodes_truenodeids", "nodes_trueleafs"),
        *("nodes_falsenodeids", "nodes_falseleafs", "nodes_missing_value_tracks_true", "tree_roots"),
        *("leaf_targetids", "leaf_weights", "membership_values"),
    )
    grown: dict[str, list[Any]] = {name: [] for name in names}
    for tree, values, target in zip(trees, weights, targets, strict=True):
        _grow(grown, tree, np.asarray(values, dtype=np.float64), target)
    members = grown.pop("membership_values")
    typed = {
        name: _tensor(np.array(grown.pop(name), dtype=kind))
        for name, kind in (("nodes_splits", np.float64), ("nodes_modes", np.uint8), ("leaf_weights", np.float64))
    }
    if members:
        typed["membership_values"] = _tensor(np.array(members, dtype=np.float64))
    return drawing.add(
        "TreeEnsemble", rows, domain=ML, n_targets=width, aggregate_function=SUM, post_transform=0, **grown, **typed
    )


def leaf_values(drawing: Drawing, rows: str, trees: Sequence[Tree], tables: Sequence[NDArray[np.float64]]) -> str:
    """What stands in `tables` for the leaf that each row comes to in each tree, of shape (rows, trees, values): a table
    has a row for each node of its tree.

    A leaf of ONNX adds to one sum alone, so each tree says the place of its leaf, and the values are looked up.
    """
    kept, numbered = [], []
    first = 0
    for tree, table in zip(trees, tables, strict=True):
        leaves = tree.leaves
        places = np.zeros(len(table))
        places[leaves] = np.arange(first, first + len(leaves))
        first += len(leaves)
        numbered.append(places)
        kept.append(table[leaves])
    leaf = drawing.whole(summed(drawing, rows, trees, numbered, list(range(len(trees))), len(trees)))
    return drawing.add("Gather", drawing.numbers(np.concatenate(kept)), leaf, axis=0)


def _grow(grown: dict[str, list[Any]], tree: Tree, values: NDArray[np.float64], target: int) -> None:
    nodes = _Nodes(grown)
    start, leaf_start = len(grown["nodes_modes"]), len(grown["leaf_weights"])
    leaves, inner = tree.leaves, np.flatnonzero(np.asarray(tree.yes) >= 0)
    place = np.zeros(len(tree.yes), dtype=np.int64)
    place[leaves] = leaf_start + np.arange(len(leaves))
    place[inner] = start + np.arange(len(inner))
    is_leaf = np.asarray(tree.yes) < 0
    nodes.put(tree_roots=start)
    grown["leaf_targetids"].extend([target] * len(leaves))
    grown["leaf_weights"].extend(values[leaves].tolist())
    if not len(inner):  # a tree of a leaf alone: both ways lead to it
        nodes.put(nodes_featureids=0, nodes_splits=0.0, nodes_modes=AT_MOST, nodes_missing_value_tracks_true=0)
        nodes.put(nodes_truenodeids=leaf_start, nodes_trueleafs=1, nodes_falsenodeids=leaf_start, nodes_falseleafs=1)
    for node in inner.tolist():
        yes, no = int(tree.yes[node]), int(tree.no[node])
        members = tree.members.get(node)
        nodes.put(
            nodes_featureids=int(tree.feature[node]),
            nodes_splits=0.0 if members is not None else float(tree.threshold[node]),
            nodes_modes=AT_MOST if members is None else MEMBER,
            nodes_truenodeids=int(place[yes]),
            nodes_trueleafs=int(is_leaf[yes]),
            nodes_falsenodeids=int(place[no]),
            nodes_falseleafs=int(is_leaf[no]),
            nodes_missing_value_tracks_true=int(tree.gap_yes[node]),
        )
        if members is not None:
            grown["membership_values"].extend([*map(float, members), float("nan")])


def _tensor(array: NDArray[Any]) -> Any:
    return numpy_helper.from_array(array)
