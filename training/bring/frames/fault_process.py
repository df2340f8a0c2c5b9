"""What an isolated process does to find the column at fault: the original's answers to a row in variants.

Each variant has the value of one column from another row, and the types of the DataFrame.
"""

import warnings
from pathlib import Path
from typing import Any

from handler.records.decoding import decode
from handler.registry.manifest import Manifest
from training.bring.estimator import found_by_search, names_of
from training.bring.frames.original import Original
from training.bring.frames.table_of_model.kinds import json_rows, normalised
from training.bring.frames.table_of_model.reading import TableForm, columns_of_model, drawn, read_table
from training.bring.inspection_process import loaded
from training.bring.stated import Stated


def main(
    model: str, stated: dict[str, Any], form: dict[str, Any], manifest: str, wrong: int, right: int
) -> dict[str, Any]:
    """The variants of row `wrong`, the i-th with the i-th value of row `right`; the original's answers."""
    import pandas as pd

    warnings.simplefilter("ignore")
    read, described = decode(TableForm, form), Manifest.from_json(manifest)
    original, _ = found_by_search(loaded(Path(model)))
    width = getattr(original, "n_features_in_", None)
    table = read_table(read)
    frame, _ = columns_of_model(table, read, names_of(original), width, decode(Stated, stated).targets)
    asked = frame.iloc[drawn(len(frame))]
    columns = {}
    features = {feature.name: place for place, feature in enumerate(described.features)}
    for name in frame.columns:
        takes = [wrong] * len(features)
        if name in features:
            takes[features[name]] = right
            columns[name] = normalised(asked[name], described.features[features[name]]).take(takes)
        else:
            columns[name] = asked[name].take(takes)
    varied = pd.DataFrame({name: column.reset_index(drop=True) for name, column in columns.items()})
    rows = json_rows(varied, described.features)
    asking = Original(original, described.task, described.targets, read.name)
    with asking.as_fitted(varied):
        return {"rows": rows, "answers": asking.answers(varied, rows, described.features)}
