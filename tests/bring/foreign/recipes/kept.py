"""What the recipes share: rows of no one's data, and how a model is kept with what its own framework answered."""

import json
import math
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx

KEPT = Path(__file__).parents[1]


def drawn(rows: int, columns: int) -> np.ndarray:
    """Rows of shape (rows, columns), float32 from 0 to 10 with two digits."""
    return np.random.default_rng(7).uniform(0, 10, (rows, columns)).round(2).astype(np.float32)


def keep(
    name: str,
    model: Any,
    rows: Sequence[Sequence[Any]],
    answers: Mapping[str, Any],
    *,
    options: Sequence[str],
    versions: Sequence[str],
    features: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Write the folder of one model. `model` is a graph or the file that holds one; `options` are what `package` needs;
    a gap in `rows` is NaN. Left out of the graph is where it was made: texts and stack traces with paths."""
    if isinstance(model, str):
        file = Path(model)
        model = onnx.load(file)
        file.unlink()
    for noted in (
        model,
        model.graph,
        *model.graph.node,
        *model.graph.value_info,
        *model.graph.input,
        *model.graph.output,
    ):
        del noted.metadata_props[:]
        noted.ClearField("doc_string")
    folder = KEPT / name
    folder.mkdir(exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    made = {
        "options": list(options),
        "made_with": {"python": platform.python_version(), **{library: version(library) for library in versions}},
        "rows": [[_plain(value) for value in row] for row in rows],
        "answers": answers,
    }
    (folder / "answers.json").write_text(json.dumps(made) + "\n")
    if features is not None:
        (folder / "features.json").write_text(json.dumps(features, indent=2) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.7g}")
    return value
