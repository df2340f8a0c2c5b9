"""The process of `training.local.demo`: one cold invocation of the real handler, with what Lambda has and nothing else.

Run by path, never imported: `python -I invoke_process.py PATH_ENTRY MODEL_URI < event.json`. The answer goes to
standard output, what the handler logs to standard error.
"""

import json
import os
import sys
from types import SimpleNamespace


def main(path_entry: str, model_uri: str) -> None:
    sys.path.insert(0, path_entry)
    os.environ["MODEL_URI"] = model_uri
    answers, sys.stdout = sys.stdout, sys.stderr
    from handler.app import lambda_handler

    context = SimpleNamespace(
        function_name="demo",
        memory_limit_in_mb=1769,
        invoked_function_arn="arn:aws:lambda:local:000000000000:function:demo",
        aws_request_id="demo",
    )
    json.dump(lambda_handler(json.load(sys.stdin), context), answers)  # type: ignore[arg-type] # as much as it reads


if __name__ == "__main__":
    main(*sys.argv[1:])
