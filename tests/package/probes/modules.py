"""Tries to import each of the modules that it is given.

    python3.13 -I -S modules.py TREE < modules.json

Prints {module: "imported", or the class of what it raised}.
"""

import contextlib
import importlib
import io
import json
import sys
import warnings


def outcome(module: str) -> str:
    try:
        # Some print, some warn that they are deprecated.
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(module)
    except BaseException as error:  # noqa: BLE001 - whatever it raises is what is asked for
        return type(error).__name__
    return "imported"


def main(tree: str) -> None:
    sys.path.insert(0, tree)
    warnings.simplefilter("ignore")
    json.dump({module: outcome(module) for module in json.load(sys.stdin)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
