"""What an isolated process does for the demo: one cold invocation of the real handler."""

import os
from types import SimpleNamespace
from typing import Any


def main(model_uri: str, event: dict[str, Any]) -> dict[str, Any]:
    os.environ["MODEL_URI"] = model_uri
    from handler.app import lambda_handler  # importing it loads the model

    context = SimpleNamespace(
        function_name="demo",
        memory_limit_in_mb=1769,
        invoked_function_arn="arn:aws:lambda:local:000000000000:function:demo",
        aws_request_id="demo",
    )
    return lambda_handler(event, context)  # type: ignore[arg-type] # the context has as much as the handler reads
