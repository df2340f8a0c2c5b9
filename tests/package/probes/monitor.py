"""Runs the monitor of a package once, as a schedule does, and tells what that took.

    python3.13 -I -S monitor.py TREE RUNTIME

RUNTIME is a folder with boto3, which Lambda's runtime brings. Prints {"answer": …, "modules": [every module imported],
"compiled": [every file of TREE compiled from source]}.
"""

import json
import sys
from types import SimpleNamespace


def main(tree: str, runtime: str) -> None:
    compiled: list[str] = []

    def watch(event: str, details: tuple[object, ...]) -> None:
        # Python raises it at each compilation, of a module's source too (Python documentation, "Audit events table").
        if event == "compile" and str(details[1]).startswith(tree):
            compiled.append(str(details[1]))

    sys.addaudithook(watch)
    # As on Lambda: the package comes first (AWS Lambda Developer Guide, "Search path for Python runtimes").
    sys.path[:0] = [tree, runtime]
    standard_output, sys.stdout = sys.stdout, sys.stderr
    from handler.monitor import lambda_handler

    context = SimpleNamespace(aws_request_id="probe", get_remaining_time_in_millis=lambda: 300_000)
    answer = lambda_handler({}, context)  # type: ignore[arg-type] # as much of it as is read
    json.dump({"answer": answer, "modules": sorted(sys.modules), "compiled": compiled}, standard_output)


if __name__ == "__main__":
    main(*sys.argv[1:])
