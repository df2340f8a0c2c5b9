"""How a person goes on once a stack is deployed: a file of variables for the shell, and the next commands.

`make deploy` and `make local-cloud` both end with it. No secret is written: on AWS the key is asked for when the file
is sourced, and a stand-in's key opens nothing.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from ops.commands import ROOT
from ops.http_client import HttpApi
from training.local.own_model import PUBLISH

PLACE = ("AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE")
"""The variables that say where AWS is and which account is meant. Those with keys and tokens are not among them."""


@dataclass(frozen=True)
class Reached:
    """A deployed stack as its publisher and its clients reach it. `place` are variables of the AWS tools.

    `state_machine` is what scores tables, where the stack has that.
    """

    stack: str
    model_uri: str
    api_url: str
    place: Mapping[str, str]
    state_machine: str | None = None


def stand_in_url(endpoint: str, outputs: Mapping[str, str]) -> str:
    """Where a stand-in for AWS at `endpoint` answers for the API. The host in the output ApiUrl exists only on AWS."""
    stage = outputs["ApiUrl"].rsplit("/", 1)[-1]
    return f"{endpoint.rstrip('/')}/_aws/execute-api/{outputs['ApiId']}/{stage}"


def is_stand_in(environ: Mapping[str, str]) -> bool:
    """Whether what AWS_ENDPOINT_URL names says that it is our stand-in, by answering where AWS has nothing."""
    endpoint = environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return False
    try:
        return HttpApi(endpoint.rstrip("/"), _certificate(environ)).ask("GET", "/_ministack/health").status == 200
    except (OSError, ValueError, HTTPException):
        return False


def reached(stack: str, outputs: Mapping[str, str], environ: Mapping[str, str]) -> Reached:
    """The stack for a shell whose AWS tools are set by `environ`."""
    place = {name: environ[name] for name in PLACE if environ.get(name)}
    url = outputs["ApiUrl"]
    if is_stand_in(environ):
        url = stand_in_url(environ["AWS_ENDPOINT_URL"], outputs)
        if "AWS_CA_BUNDLE" in place:
            place["CURL_CA_BUNDLE"] = place["AWS_CA_BUNDLE"]
    return Reached(stack, outputs["ModelUri"], url, place, outputs.get("BatchStateMachineArn"))


def environment_file(stack: Reached, api_key: str | None = None) -> str:
    """The file's text. Without `api_key`, sourcing it asks AWS for the key."""
    values = {**stack.place, "MODEL_URI": stack.model_uri, "API_URL": stack.api_url, "STACK_NAME": stack.stack}
    if stack.state_machine:
        values["BATCH_STATE_MACHINE"] = stack.state_machine
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    asked = f'"$(make --silent -C {shlex.quote(str(ROOT))} api-key STACK_NAME={shlex.quote(stack.stack)})"'
    lines.append(f"export API_KEY={asked if api_key is None else shlex.quote(api_key)}")
    return "".join(f"{line}\n" for line in lines)


def example_row(stack: Reached, api_key: str) -> str | None:
    """The body of a request that the model answers, as JSON; None where no model serves, or nothing answers."""
    api = HttpApi(stack.api_url, _certificate(stack.place), (("x-api-key", api_key),))
    try:
        answer = api.ask("GET", "/model")
    except (OSError, ValueError, HTTPException):
        return None
    if answer.status != 200:
        return None
    return json.dumps({"features": answer.body["example"]["features"]}, ensure_ascii=False)


def how_to_go_on(stack: Reached, file: Path, row: str | None) -> str:
    """The next commands. `row` is the body of a request where a model serves; else the first step is to publish one."""
    with_key = 'curl -H "x-api-key: $API_KEY"'
    if row is None:
        steps = [
            PUBLISH,
            f'{with_key} "$API_URL/model"     # what it takes, with a row to send to "$API_URL/predict"',
        ]
    else:
        steps = [
            f"{with_key} -H 'Content-Type: application/json' -d {shlex.quote(row)} \"$API_URL/predict\"",
            ".venv/bin/python -m training list",
        ]
    source = f". {shlex.quote(str(file.relative_to(ROOT)))}"
    commands = "".join(f"  {step}\n" for step in (source, *steps))
    return (
        f"The stack {stack.stack} {'serves' if row else 'runs, and waits for its first version'}. In your shell:\n\n"
        f"{commands}\n"
        f"To try it in a browser, open {stack.api_url}/ and enter the key (echo $API_KEY)."
    )


def _certificate(environ: Mapping[str, str]) -> Path | None:
    named = environ.get("AWS_CA_BUNDLE")
    return Path(named) if named else None
