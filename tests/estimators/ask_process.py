"""Asks each registry's model through the handler, in a process where imports are deferred as in Lambda.

Run by `training.isolation`, with nothing but `handler` and the function's libraries. `asked` has of each name a
registry and an event; the answer has of each what the client gets.
"""

import contextlib
import io
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class Context:
    """Lambda's context, as far as the handler reads it."""

    aws_request_id: str = "request-1"
    function_name: str = "predict"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:predict"


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Of each name the answer's body, or what stands in its place."""
    from handler.coldstart.init_phase import begin, libraries_imported

    begin()
    from handler.api.application import create_application
    from handler.serving.engine_choice import import_shipped_engine
    from handler.telemetry.log_and_metrics import Telemetry

    import_shipped_engine()
    libraries_imported()
    answers = {}
    for name, one in asked.items():
        environ = {"MODEL_URI": one["uri"], "MAX_ROWS": "1000"}
        with contextlib.redirect_stdout(io.StringIO()):  # the log
            application = create_application(environ, Telemetry(environ), ())
            answers[name] = application.handle(one["event"], cast(Any, Context()))
    return answers
