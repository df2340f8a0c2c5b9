"""Loads fitted models with a package and predicts with them.

    python3.13 -I -S models.py TREE FOLDER

FOLDER holds NAME.joblib files, and rows.npy to predict for. Prints {NAME: predictions}.
"""

import json
import sys
import warnings
from pathlib import Path


def main(tree: str, folder: str) -> None:
    sys.path.insert(0, tree)
    warnings.simplefilter("error")
    import joblib
    import numpy

    rows = numpy.load(Path(folder) / "rows.npy")
    answers = {path.stem: joblib.load(path).predict(rows).tolist() for path in Path(folder).glob("*.joblib")}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
