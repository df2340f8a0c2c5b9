"""Has the batch entry of a package score chunks, as the state machine does, and tells what that took.

    python3.13 -I -S batch.py TREE RUNTIME < EVENTS

RUNTIME is a folder with boto3, which Lambda's runtime brings; EVENTS is a JSON list. Prints {"answers": [an answer, or
the name of an error, for each event], "modules": [every module imported], "compiled": [every file of TREE compiled from
source]}.
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
    from handler.batch import lambda_handler

    context = SimpleNamespace(
        aws_request_id="probe", memory_limit_in_mb="512", get_remaining_time_in_millis=lambda: 900_000
    )
    answers: list[object] = []
    for event in json.load(sys.stdin):
        try:
            answers.append(lambda_handler(event, context))  # type: ignore[arg-type] # as much of it as is read
        except Exception as error:  # noqa: BLE001 - Lambda tells the state machine the name of any
            answers.append(type(error).__name__)
    json.dump({"answers": answers, "modules": sorted(sys.modules), "compiled": compiled}, standard_output)


if __name__ == "__main__":
    main(*sys.argv[1:])
