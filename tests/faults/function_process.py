"""A function in a process of its own, which answers what it is told on its standard input.

    python -m tests.faults.function_process URI

Each line is `cold`, for a function that starts now, or `held`, for the one that started with the process, which first
reads the alias again; then it prints a line with the answer to BODY. `at most N`, which prints nothing, leaves it N MB
more memory from then on than it has. Nothing here imports scikit-learn, so that a process without it can run this.
"""

import json
import re
import resource
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from handler.api.application import Application, create_application
from handler.telemetry.log_and_metrics import Telemetry

ANSWER: Final = "answer: "
"""How the lines with answers begin; the others are the function's log."""

REFRESH_SECONDS: Final = 8.0
MEGABYTE: Final = 1024 * 1024
BODY: Final = '{"features": [1.0, 2.0]}'
CONTEXT: Final = SimpleNamespace(
    aws_request_id="request-1",
    function_name="predict",
    memory_limit_in_mb=1769,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:predict",
)


def opened(uri: str) -> Application:
    """The application of an execution environment that starts now."""
    environ = {"MODEL_URI": uri, "MODEL_REFRESH_SECONDS": "1"}
    return create_application(environ, Telemetry(environ))


def asked(application: Application) -> dict[str, Any]:
    """What a client of `application` gets."""
    event = {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "v1", "path": "/v1/predict", "httpMethod": "POST"},
        "body": BODY,
        "isBase64Encoded": False,
    }
    context: Any = CONTEXT
    answer = application.handle(event, context)
    body = json.loads(answer["body"])
    model = body.get("model", {}).get("version")
    return {"status": answer["statusCode"], "code": body.get("code"), "version": model, "said": body.get("prediction")}


def leave(megabytes: int) -> None:
    """Let this process have so much more memory than it has, and no more."""
    pages = re.search(r"VmSize:\s+([0-9]+)", Path("/proc/self/status").read_text())
    assert pages is not None
    most = int(pages[1]) * 1024 + megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main(uri: str) -> None:
    held = opened(uri)
    for line in sys.stdin:
        match line.split():
            case ["cold"]:
                print(ANSWER, json.dumps(asked(opened(uri))), flush=True)
            case ["held"]:
                held.holder.restored(REFRESH_SECONDS)
                print(ANSWER, json.dumps(asked(held)), flush=True)
            case ["at", "most", number]:
                leave(int(number))


if __name__ == "__main__":
    main(*sys.argv[1:])
