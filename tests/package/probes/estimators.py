"""Finds every public estimator of scikit-learn in a package.

    python3.13 -I -S estimators.py TREE

Prints {class name: its module}.
"""

import json
import sys
import warnings


def main(tree: str) -> None:
    sys.path.insert(0, tree)
    warnings.simplefilter("ignore")
    from sklearn.utils import all_estimators

    json.dump({name: estimator.__module__ for name, estimator in all_estimators()}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
