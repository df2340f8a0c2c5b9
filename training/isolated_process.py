"""The beginning and the end that all isolated processes share: `main` of one script is called, with JSON in and out.

Run by path, never imported: `python -I -S isolated_process.py SCRIPT PATH_ENTRY… < arguments.json > answer.json`.
Where `main` raises, it ends with 1 and the reason as the last line of standard error.
"""

import importlib
import json
import os
import sys


def run(script: str, *path_entries: str) -> None:
    # Whatever a model or a library prints must not stand in the answer, also not what is printed past Python.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    arguments = json.load(sys.stdin)
    # Before the standard library, as Lambda has its /var/task.
    sys.path[:0] = path_entries
    try:
        returned = importlib.import_module(script).main(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever a model raises is its publisher's to know
        sys.exit(f"{type(error).__name__}: {error}".replace("\n", " "))
    with answer:
        json.dump(returned, answer)


if __name__ == "__main__":
    run(*sys.argv[1:])
