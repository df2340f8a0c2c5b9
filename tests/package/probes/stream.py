"""Answers one batch of messages with the entry of a package, and tells what that took.

    python3.13 -I -S stream.py TREE RUNTIME < event.json

RUNTIME is a folder with boto3, which Lambda's runtime brings. Prints {"answer": …, "modules": [every module imported],
"compiled": [every file of TREE compiled from source], "seconds": {"entry": …, "batch": …}}: what importing the entry
took, and within it Powertools' batch processor.
"""

import json
import sys
import time
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
    began = time.perf_counter()
    import handler.api.application
    import handler.telemetry.log_and_metrics  # noqa: F401 - what the function for requests imports too

    before = time.perf_counter()
    import aws_lambda_powertools.utilities.batch  # noqa: F401 - to be timed

    batch = time.perf_counter() - before
    from handler.stream import lambda_handler

    seconds = {"entry": time.perf_counter() - began, "batch": batch}
    context = SimpleNamespace(
        function_name="probe",
        memory_limit_in_mb=1769,
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:probe",
        aws_request_id="probe",
        get_remaining_time_in_millis=lambda: 60_000,
    )
    answer = lambda_handler(json.load(sys.stdin), context)  # type: ignore[arg-type] # as much of it as is read
    told = {"answer": answer, "modules": sorted(sys.modules), "compiled": compiled, "seconds": seconds}
    json.dump(told, standard_output)


if __name__ == "__main__":
    main(*sys.argv[1:])
