"""Asks a deployed stack for one real prediction, and compares it with the example that GET /model shows.

    python -m ops.smoke --stack-name NAME

It needs credentials that may describe the stack and read its API key. It tests the whole way from the URL to the
estimator, and changes nothing.
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from ops.deploy.api_key import api_key
from ops.deploy.described import NotDescribed, described_stack

SECONDS = 30


class SmokeFailed(Exception):
    """The deployed service did not answer as it should."""


def ask(url: str, headers: Mapping[str, str], body: Mapping[str, Any] | None = None) -> Any:
    """The JSON at `url`; raises SmokeFailed on any other status than 200."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        hint = " Publish and promote a model, then run the job again." if "alias_not_set" in text else ""
        raise SmokeFailed(f"{url} answered {error.code}: {text}{hint}") from error
    except OSError as error:
        raise SmokeFailed(f"{url} could not be reached: {error}") from error


def check(url: str, key: str) -> str:
    """Have the example of GET /model predicted; gives a sentence for the log, or raises SmokeFailed."""
    headers = {"x-api-key": key}
    manifest = ask(f"{url}/model", headers)
    example = manifest["example"]
    if example["prediction"] is None:
        return f"{manifest['name']} {manifest['version']} serves, but answers no row that could be made as an example."
    answer = ask(f"{url}/predict", headers, {"features": example["features"]})
    if answer["model"]["version"] != manifest["version"]:
        raise SmokeFailed(
            f"GET /model is of {manifest['version']}, the answer of {answer['model']['version']}: run this again."
        )
    expected, came = example["prediction"], answer["prediction"]
    same = abs(expected - came) <= 1e-6 * max(1.0, abs(expected)) if isinstance(expected, float) else expected == came
    if not same:
        raise SmokeFailed(f"{manifest['version']} predicts {came!r} for its example, not {expected!r}.")
    return f"{manifest['name']} {manifest['version']} predicts {came!r}, as its example says."


def main() -> int:
    """Check the stack that the command line names; 0, or 1 where it failed."""
    parser = argparse.ArgumentParser(prog="python -m ops.smoke", description="Ask a stack for a prediction.")
    parser.add_argument("--stack-name", required=True)
    arguments = parser.parse_args()
    try:
        stack = described_stack(arguments.stack_name)
        if stack is None:
            raise SmokeFailed(f"There is no stack {arguments.stack_name!r}: name one that was deployed.")
        print(check(stack.output("ApiUrl"), api_key(stack.output("ApiKeyId"))))
    except (SmokeFailed, NotDescribed) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
