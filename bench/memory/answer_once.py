"""The function in a process of its own: it is imported as in Lambda's init phase, and answers the event on its input.

Run by path in the folder of a checkout: `python answer_once.py < event.json`. Ends with 1 unless it answers 200.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    from handler.app import lambda_handler

    context = SimpleNamespace(
        function_name="predict",
        memory_limit_in_mb=1769,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:predict",
        aws_request_id="request-1",
    )
    answer: dict[str, Any] = lambda_handler(json.load(sys.stdin), cast(Any, context))
    if answer["statusCode"] != 200:
        sys.exit(f"{answer['statusCode']} {answer['body']}")


if __name__ == "__main__":
    main()
