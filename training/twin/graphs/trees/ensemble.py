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

_OF_NODES = (
    *("nodes_featureids", "nodes_splits", "nodes_modes", "nodes_missing_value_tracks_true"),
    *("nodes_truenodeids", "nodes_trueleafs", "nodes_falsenodeids", "nodes_falseleafs"),
)
_OF_TREES = ("tree_roots", "leaf_targetids", "leaf_weights", "membership_values")


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
    grown: dict[str, list[Any]] = {name: [] for name in (*_OF_NODES, *_OF_TREES)}
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
    """Adds one tree to the attributes of the node. All nodes are put down at once: a forest may have millions."""
    start, leaf_start = len(grown["nodes_modes"]), len(grown["leaf_weights"])
    yes, no = np.asarray(tree.yes, dtype=np.int64), np.asarray(tree.no, dtype=np.int64)
    leaves, inner = tree.leaves, np.flatnonzero(yes >= 0)
    grown["tree_roots"].append(start)
    grown["leaf_targetids"].extend([target] * len(leaves))
    grown["leaf_weights"].extend(values[leaves].tolist())
    if not len(inner):  # a tree of a leaf alone: both ways lead to it
        both = {"nodes_truenodeids": leaf_start, "nodes_falsenodeids": leaf_start}
        for name in _OF_NODES:
            grown[name].append(both.get(name, 1 if name.endswith("leafs") else 0))
        return
    place = np.zeros(len(yes), dtype=np.int64)
    place[leaves] = leaf_start + np.arange(len(leaves))
    place[inner] = start + np.arange(len(inner))
    is_leaf = (yes < 0).astype(np.int64)
    is_member = np.isin(inner, list(tree.members))
    columns = {
        "nodes_featureids": np.asarray(tree.feature, dtype=np.int64)[inner],
        "nodes_splits": np.where(is_member, 0.0, np.asarray(tree.threshold, dtype=np.float64)[inner]),
        "nodes_modes": np.where(is_member, MEMBER, AT_MOST),
        "nodes_truenodeids": place[yes[inner]],
        "nodes_trueleafs": is_leaf[yes[inner]],
        "nodes_falsenodeids": place[no[inner]],
        "nodes_falseleafs": is_leaf[no[inner]],
        "nodes_missing_value_tracks_true": np.asarray(tree.gap_yes, dtype=np.int64)[inner],
    }
    for name, column in columns.items():
        grown[name].extend(column.tolist())
    for node in inner[is_member].tolist():
        grown["membership_values"].extend([*map(float, tree.members[node]), float("nan")])


def _tensor(array: NDArray[Any]) -> Any:
    return numpy_helper.from_array(array)
