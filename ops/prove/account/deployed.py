"""A stack that is deployed, as CloudFormation and API Gateway describe it, and the ways to ask it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.commands import ROOT
from ops.deploy.environment import stand_in_url
from ops.http_client import HttpApi
from ops.prove.account.caller import Caller

EVENT = ROOT / "events/predict_features.json"


@dataclass(frozen=True)
class Invocation:
    """What an invocation answered, and the end of its log, which Lambda sends along."""

    status: int
    body: Any
    log: str
    error: str | None


@dataclass(frozen=True)
class Deployed:
    """A stack's outputs and its API key."""

    caller: Caller
    name: str
    outputs: Mapping[str, str]
    api_key: str

    @property
    def bucket(self) -> str:
        return self.outputs["ModelBucketName"]

    @property
    def model_uri(self) -> str:
        return self.outputs["ModelUri"]

    @property
    def model(self) -> str:
        return self.model_uri.rsplit("/", 1)[-1]

    @property
    def function(self) -> str:
        return self.outputs["FunctionName"]

    @property
    def live(self) -> str:
        """The function's version behind the alias that the API calls."""
        name, alias = self.outputs["FunctionAliasArn"].rsplit(":", 1)
        return str(self.caller.client("lambda").get_alias(FunctionName=name, Name=alias)["FunctionVersion"])

    @property
    def url(self) -> str:
        """The output ApiUrl; its host exists only on AWS, so elsewhere the endpoint's own way to it."""
        if self.caller.endpoint is None:
            return self.outputs["ApiUrl"]
        return stand_in_url(self.caller.endpoint, self.outputs)

    @property
    def api(self) -> HttpApi:
        return self.api_with(self.api_key)

    @property
    def api_without_key(self) -> HttpApi:
        return HttpApi(self.url, self.caller.certificate)

    def api_with(self, key: str) -> HttpApi:
        """The API for a client with this key."""
        headers = (("x-api-key", key), ("Content-Type", "application/json"))
        return HttpApi(self.url, self.caller.certificate, headers)

    def invoke(self, version: str) -> Invocation:
        """One prediction by one version of the function, without the gateway."""
        return invoke(self.caller, self.function, version)


def invoke(caller: Caller, function: str, version: str) -> Invocation:
    """Have a function answer the lesson's sample."""
    answer = caller.client("lambda").invoke(
        FunctionName=function, Qualifier=version, LogType="Tail", Payload=EVENT.read_bytes()
    )
    payload = json.loads(answer["Payload"].read() or b"null") or {}
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    body = payload.get("body")
    parsed = json.loads(body) if isinstance(body, str) and body.startswith("{") else body
    return Invocation(payload.get("statusCode", 0), parsed, log, answer.get("FunctionError"))


def deployed(caller: Caller, name: str) -> Deployed:
    """The stack `name`, which is there."""
    described = caller.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    key = caller.client("apigateway").get_api_key(apiKey=outputs["ApiKeyId"], includeValue=True)
    return Deployed(caller, name, outputs, key["value"])
