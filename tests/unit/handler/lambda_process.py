"""A fresh process that imports the function as Lambda does, then takes the steps of its standard input.

Run by path: `python lambda_process.py ANSWERS < steps.json`. A step is `{"ask": event}`, `{"move": [from, to]}` to
change a registry behind the function's back, or `{"imported": modules}`, answered by those that are. The answers go to
the file ANSWERS; standard output and standard error are what the function itself wrote.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast


def main(answers_file: str) -> None:
    steps = json.load(sys.stdin)
    from handler.app import lambda_handler

    answers: list[dict[str, Any]] = []
    for number, step in enumerate(steps):
        if "move" in step:
            source, target = step["move"]
            Path(source).rename(target)
        elif "imported" in step:
            answers.append({"imported": [name for name in step["imported"] if name in sys.modules]})
        else:
            context = SimpleNamespace(
                function_name="predict",
                memory_limit_in_mb=1769,
                invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:predict",
                aws_request_id=f"request-{number}",
            )
            answers.append(lambda_handler(step["ask"], cast(Any, context)))
    Path(answers_file).write_text(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1])
