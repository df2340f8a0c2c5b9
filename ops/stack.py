"""Deploys the project to a stand-in for AWS by the commands that a user would run, and finds its stack."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from handler.engines.shipped import DEFAULT_PACKAGE
from ops.aws_stand_in import ROOT_CREDENTIALS, Credentials, StandIn
from ops.commands import ROOT, environment, machine_parameters, overriding, run, sam, training
from ops.deploy.described import PACKAGE
from ops.deploy.environment import stand_in_url
from ops.http_client import Answer, HttpApi

NAME = "sklearn-on-lambda"
"""The stack's name in samconfig.toml's [default]."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its outputs and its API key."""

    stand_in: StandIn
    outputs: Mapping[str, str]
    api_key: str

    @property
    def url(self) -> str:
        """Where the API answers here."""
        return stand_in_url(self.stand_in.endpoint, self.outputs)

    @property
    def api(self) -> HttpApi:
        """The API for a client that has the key."""
        headers = (("x-api-key", self.api_key), ("Content-Type", "application/json"))
        return HttpApi(self.url, self.stand_in.certificate, headers)

    @property
    def api_without_key(self) -> HttpApi:
        return HttpApi(self.url, self.stand_in.certificate)

    def live_version(self) -> str:
        """The function's version behind the alias that the API calls."""
        name, alias = self.outputs["FunctionAliasArn"].rsplit(":", 1)
        version: str = self.stand_in.client("lambda").get_alias(FunctionName=name, Name=alias)["FunctionVersion"]
        return version

    def resources(self) -> dict[str, str]:
        """The stack's resources: their type by their logical id."""
        pages = self.stand_in.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=NAME)
        return {
            resource["LogicalResourceId"]: resource["ResourceType"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def processed_template(self) -> Any:
        """The template that CloudFormation was given, after SAM's transform."""
        answer = self.stand_in.client("cloudformation").get_template(StackName=NAME, TemplateStage="Processed")
        body = answer["TemplateBody"]
        return json.loads(body) if isinstance(body, str) else body


def build(project: Path = ROOT, engine: str = DEFAULT_PACKAGE) -> None:
    """`sam build`, in `project`, of the package that runs models with `engine`, one of PACKAGES."""
    sam("build", *overriding([*machine_parameters(), f"Engine={engine}"]), directory=project)


def deploy(stand_in: StandIn, project: Path = ROOT, parameters: tuple[str, ...] = ()) -> str:
    """`sam deploy` of what `build` made; gives its output.

    The parameters are those of samconfig.toml's [default]. With `parameters` (NAME=VALUE), only these change.
    """
    flags = overriding(parameters or machine_parameters())
    return sam("deploy", *flags, "--no-progressbar", env=stand_in.environment(), directory=project)


def check(
    stand_in: StandIn, project: Path = ROOT, parameters: tuple[str, ...] = (), checker: Credentials = ROOT_CREDENTIALS
) -> str:
    """The check before `deploy`, with the same parameters; gives what it says."""
    return _of_deploy("check", stand_in.environment(checker), project, overriding(parameters))


def record(stand_in: StandIn, project: Path = ROOT, recorder: Credentials = ROOT_CREDENTIALS) -> str:
    """Put on record what `deploy` deployed; gives what is said."""
    return _of_deploy("record", stand_in.environment(recorder), project, [])


def _of_deploy(module: str, variables: Mapping[str, str], project: Path, flags: list[str]) -> str:
    package = str(project / PACKAGE.relative_to(ROOT))
    command = [sys.executable, "-m", f"ops.deploy.{module}", "--package", package, *flags]
    return run(command, env=environment(variables))


def delete(stand_in: StandIn, project: Path = ROOT) -> None:
    """`sam delete`, and then away with the record of the stack's function, if there is one: the bucket stays."""
    model_uri = ["--model-uri", deployed_stack(stand_in).outputs["ModelUri"]]
    sam("delete", "--no-prompts", env=stand_in.environment(), directory=project)
    recorded = training("functions", *model_uri, env=stand_in.environment())
    if NAME in [function["stack"] for function in recorded]:
        training("functions", "--forget", NAME, *model_uri, env=stand_in.environment())


def engine_of(stand_in: StandIn) -> str | None:
    """The engine that the stack has, whose parameter CloudFormation keeps; None where there is no such stack yet."""
    try:
        described = stand_in.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]
    except ClientError:
        return None
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in described.get("Parameters", [])}
    return parameters.get("Engine")


def deployed_stack(stand_in: StandIn) -> Stack:
    """The stack that `deploy` made, as CloudFormation and API Gateway describe it."""
    described = stand_in.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    key = stand_in.client("apigateway").get_api_key(apiKey=outputs["ApiKeyId"], includeValue=True)
    return Stack(stand_in, outputs, key["value"])


def publish(
    stack: Stack,
    folder: Path,
    *,
    publisher: Credentials = ROOT_CREDENTIALS,
    promoter: Credentials = ROOT_CREDENTIALS,
    reason: str = "the first model",
    seed: int = 42,
) -> str:
    """Train into `folder`, publish and promote, each by a command of its own; gives the version that serves."""
    model_uri = ["--model-uri", stack.outputs["ModelUri"]]
    training("train", "--out", str(folder), "--seed", str(seed))
    published = training("publish", str(folder), *model_uri, env=stack.stand_in.environment(publisher))
    version: str = published["version"]
    training("promote", version, "--reason", reason, *model_uri, env=stack.stand_in.environment(promoter))
    return version


def predict(api: HttpApi, features: Any = (6.0, 2.5, 4.5, 1.5)) -> Answer:
    """The answer to the lesson's sample, or to `features`."""
    return api.ask("POST", "/predict", json.dumps({"features": features}))


def wait_for(ask: Callable[[], Answer], status: int, seconds: float = 60) -> Answer:
    """Ask until the answer has `status` or `seconds` are over; gives the last answer.

    A function that could not load its model tries again by itself, 30 seconds after its last try at the latest.
    """
    deadline = time.monotonic() + seconds
    while (answer := ask()).status != status and time.monotonic() < deadline:
        time.sleep(0.5)
    return answer


def wait_for_version(
    api: HttpApi, version: str, seconds: float = 60, ask: Callable[[HttpApi], Answer] = predict
) -> Answer:
    """Ask until the answer comes from `version` or `seconds` are over; gives the last answer.

    A function that serves reads the alias every MODEL_REFRESH_SECONDS, which are 5 in samconfig.toml's [default].
    """
    deadline = time.monotonic() + seconds
    while (answer := ask(api)).headers.get("x-model-version") != version and time.monotonic() < deadline:
        time.sleep(0.5)
    return answer


def ask_for_model(api: HttpApi) -> Answer:
    """What GET /model answers: a request that every model takes."""
    return api.ask("GET", "/model")
