"""What pages name of other programs in their sentences: options on their own, and commands of the AWS CLI.

The AWS CLI is looked up in botocore's models, from which it makes its commands. What it adds to them (`aws s3`,
`aws sso`, `aws configure`) is not looked up.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import botocore.session
from botocore import xform_name

from tests.docs.named import arguments_after
from training.cli.main import main

OF_CURL: Final = {"--header", "--data", "--json"}
OF_EVERY_AWS_COMMAND: Final = {"--query", "--output", "--region", "--profile", "--cli-input-json", "--no-paginate"}
ADDED_BY_THE_CLI: Final = {"s3", "sso", "configure"}


def unknown_options(span: str) -> list[str]:
    """Of a text between backticks that begins with an option: the options in it that nothing here has."""
    if not re.match(r"--?[a-z]", span):
        return []
    known = {name for command in main.commands.values() for option in command.params for name in option.opts}
    given = re.findall(r"(?<!\S)(--[a-z][a-z-]*)", span)
    return [name for name in given if name not in known | OF_CURL | {"--help", "--version"}]


def wrong_aws_commands(text: str) -> list[str]:
    """What of `aws …` the AWS CLI does not know."""
    return [wrong for arguments in arguments_after(text, "aws") for wrong in _wrong(arguments)]


def _wrong(arguments: list[str]) -> Iterator[str]:
    service, *rest = arguments
    if service in ADDED_BY_THE_CLI:
        return
    if service not in _services() or not rest:
        yield f"aws {' '.join(arguments)}"
        return
    operation, *rest = rest
    options = _operations(service).get(operation)
    if options is None:
        yield f"aws {service} {operation}"
        return
    given = (word.partition("=")[0] for word in rest if word.startswith("--"))
    yield from (f"aws {service} {operation} {name}" for name in given if name not in options | OF_EVERY_AWS_COMMAND)


@cache
def _services() -> frozenset[str]:
    # `aws s3api` is the service that botocore calls s3.
    return frozenset(botocore.session.get_session().get_available_services()) | {"s3api"}


@cache
def _operations(service: str) -> dict[str, frozenset[str]]:
    """The options of each operation of the service, under the names that the CLI gives them."""
    model = botocore.session.get_session().get_service_model("s3" if service == "s3api" else service)
    found = {}
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        options = frozenset(f"--{xform_name(member, '-')}" for member in shape.members) if shape else frozenset[str]()
        found[xform_name(name, "-")] = options
    return found
