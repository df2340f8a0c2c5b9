"""Prints the API key of a deployed stack, which no output of the stack shows.

    python -m ops.deploy.api_key [--stack-name NAME]        (`make api-key STACK_NAME=NAME`)

It needs credentials that may describe the stack and read the key (apigateway:GET).
"""

import argparse
import sys
from collections.abc import Sequence

import boto3

from ops.deploy.described import NotDescribed, described_stack
from ops.deploy.plan import configuration
from training.account import DENIED_CODES, FAILURES, code_of, trouble


def api_key(key_id: str) -> str:
    """The API key's value; raises NotDescribed."""
    try:
        return str(boto3.Session().client("apigateway").get_api_key(apiKey=key_id, includeValue=True)["value"])
    except FAILURES as error:
        if text := trouble(error):
            raise NotDescribed(text) from error
        code = code_of(error) or type(error).__name__
        may_not = "these credentials need the right apigateway:GET" if code in DENIED_CODES else "see the API Gateway"
        raise NotDescribed(f"The API key {key_id} cannot be read ({code}): {may_not}.") from error


def api_key_of(stack_name: str) -> str:
    """The API key of the stack of that name; raises NotDescribed."""
    stack = described_stack(stack_name)
    if stack is None:
        raise NotDescribed(f"There is no stack {stack_name!r}: name one that was deployed, with STACK_NAME=.")
    return api_key(stack.output("ApiKeyId"))


def main(words: Sequence[str] | None = None) -> int:
    """Print the key of the stack that the command line names; 0, or 1 where it failed."""
    parser = argparse.ArgumentParser(prog="python -m ops.deploy.api_key", description="Print a stack's API key.")
    parser.add_argument("--stack-name", help="the stack that was deployed (default: that of samconfig.toml)")
    parser.add_argument("--config-env", default="default", help="the environment of samconfig.toml")
    arguments = parser.parse_args(words)
    try:
        print(api_key_of(arguments.stack_name or configuration(arguments.config_env)["stack_name"]))
    except NotDescribed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
