"""A process that runs snippets with what is deferred in Lambda deferred, or with nothing deferred.

Run by path: `python deferral_process.py yes|no < snippets.json`. Each snippet runs in a child of its own, after
scikit-learn was imported, so that each meets what no other has used before. Standard output gets a list of what each
left in `result`, or raised.
"""

import gc
import json
import os
import sys
import warnings


def outcome(snippet: str) -> str:
    scope: dict[str, object] = {}
    try:
        exec(snippet, scope)  # noqa: S102 - the test's own
    except BaseException as error:  # noqa: BLE001 - whatever it raises is what is compared
        return f"{type(error).__name__}: {error}"
    return repr(scope["result"])


def in_a_child(snippet: str) -> str:
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, outcome(snippet).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        answer = told.read()
    assert os.waitpid(child, 0)[1] == 0, f"{snippet} ended the process"
    return answer


def main(deferred: str) -> None:
    snippets = json.load(sys.stdin)
    if deferred == "yes":
        from handler.coldstart.deferred_imports import defer_imports
        from handler.coldstart.deferred_modules import DEFERRED

        defer_imports()
    warnings.simplefilter("error")
    import aws_lambda_powertools  # noqa: F401 - with its logger
    import sklearn.ensemble
    import sklearn.isotonic
    import sklearn.linear_model
    import sklearn.preprocessing  # noqa: F401 - with all that they import

    if deferred == "yes":
        # One whose parent is deferred comes with it.
        real = [name for name in DEFERRED if type(sys.modules.get(name)).__name__ not in ("_StandIn", "NoneType")]
        assert not real, f"the import of scikit-learn has used {real}"
    gc.freeze()
    json.dump([in_a_child(snippet) for snippet in snippets], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
