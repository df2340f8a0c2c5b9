"""Answers one event with the handler of a package, and tells what that took.

    python3.13 -I -S predict.py TREE < event.json

Prints {"answer": …, "modules": [every module imported, but for those that are deferred still], "compiled": [every file
of TREE compiled from source]}.
"""

import json
import sys
from types import SimpleNamespace


def main(tree: str) -> None:
    compiled: list[str] = []

    def watch(event: str, details: tuple[object, ...]) -> None:
        # Python raises it at each compilation, of a module's source too (Python documentation, "Audit events table").
        if event == "compile" and str(details[1]).startswith(tree):
            compiled.append(str(details[1]))

    sys.addaudithook(watch)
    sys.path.insert(0, tree)
    standard_output, sys.stdout = sys.stdout, sys.stderr
    from handler.app import lambda_handler

    context = SimpleNamespace(
        function_name="probe",
        memory_limit_in_mb=1769,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:probe",
        aws_request_id="probe",
    )
    answer = lambda_handler(json.load(sys.stdin), context)  # type: ignore[arg-type] # as much of it as is read
    modules = sorted(name for name, module in sys.modules.items() if type(module).__name__ != "_StandIn")
    json.dump({"answer": answer, "modules": modules, "compiled": compiled}, standard_output)


if __name__ == "__main__":
    main(sys.argv[1])
