"""Runs ministack with what it lacks of AWS and this project needs (1.5.33): of API Gateway, IAM, logs and queues.

When it imports an API's OpenAPI document, it ignores `x-amazon-apigateway-any-method`, so a route for every method
answers 403, and `x-amazon-apigateway-gateway-responses`, so refusals keep their default body. SAM writes both for our
template (API Gateway Developer Guide, "OpenAPI extensions for API Gateway"). ministack can serve both if they are set
up by its own functions, which this does before it calls ministack's `main`. In the text of a refusal it knows
`$context.requestId` alone, not `$context.extendedRequestId`. To a function it gives one id under both names, so here
the one stands for the other.

A right to a log group is asked for under the group's name, where AWS has `:*` after it in policies (CloudWatch Logs API
Reference, "LogGroup"), and a right to put events without the keys that tell what they say (EventBridge User Guide,
"Using IAM policy conditions in Amazon EventBridge"). To send a batch of messages is a right of its own, where AWS asks
for that of sending one (Amazon SQS Developer Guide, "Amazon SQS batch actions"). Rights as AWS has them would be
refused, so these are set right.

A filter of log lines by fields of JSON lets every line pass, up to a limit of 10,000, after which nothing more is
found. Here a filter that asks for texts, all of them, is applied (Amazon CloudWatch Logs User Guide, "Filter pattern
syntax for metric filters, subscription filters, filter log events, and Live Tail").

The numbers of an event source mapping that come from parameters are texts in CloudFormation, and it compares them with
numbers: here they are numbers.

It needs the interpreter of `.tools/ministack`, the only one that has ministack. The version is pinned: with a release
that renames these functions this fails at the start, by AttributeError.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app  # type: ignore[import-not-found]  # lives in .tools/ministack alone
from ministack.core import iam_actions  # type: ignore[import-not-found]  # as above
from ministack.services import apigateway_v1 as gateway  # type: ignore[import-not-found]  # as above
from ministack.services import cloudwatch_logs as logs
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]  # as above

ANY_METHOD = "x-amazon-apigateway-any-method"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
EXTENDED_ID = "$context.extendedRequestId"
TEXT = re.compile(r'\$\.(\w+) = "([^"]*)"')
"""A condition of a filter of log lines: the text of a field."""

_import_path_item = gateway._import_path_item
_import_rest_api = gateway._import_rest_api
_extract_iam_action = iam_actions.extract_iam_action
_extract_resource_arn = iam_actions.extract_resource_arn
_request_tag_context = iam_actions.request_tag_context
_compile_filter_pattern = logs._compile_filter_pattern


def import_path_item(
    api_id: str, path: str, item: Mapping[str, Any], schemes: Any = None, default_security: Any = None
) -> None:
    """Import the path's named methods, then the one that stands for all others."""
    _import_path_item(api_id, path, item, schemes, default_security)
    if ANY_METHOD in item:
        resource_id = next(key for key, resource in gateway._resources[api_id].items() if resource["path"] == path)
        gateway._import_operation(api_id, resource_id, "ANY", item[ANY_METHOD], schemes, default_security)


def import_rest_api(spec: Mapping[str, Any], base_data: Any = None) -> str:
    """Import the API, then its answers to refused requests."""
    api_id: str = _import_rest_api(spec, base_data)
    for response_type, response in spec.get(GATEWAY_RESPONSES, {}).items():
        templates = response.get("responseTemplates", {})
        known = {kind: text.replace(EXTENDED_ID, "$context.requestId") for kind, text in templates.items()}
        gateway._put_gateway_response(api_id, response_type, {**response, "responseTemplates": known})
    return api_id


def extract_iam_action(service: str, *request: Any) -> str | None:
    """The right that is asked for: for a batch of messages, that for one."""
    action: str | None = _extract_iam_action(service, *request)
    return action.removesuffix("Batch") if action and service == "sqs" else action


def numbered(part: Any) -> Any:
    """`part` of a resource's properties, with numbers in place of texts of digits."""
    if isinstance(part, dict):
        return {name: numbered(each) for name, each in part.items()}
    return int(part) if isinstance(part, str) and part.isdecimal() else part


def of_numbers(handlers: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """What makes, changes and deletes a resource, given its properties with numbers."""

    def given_numbers(act: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: act(*map(numbered, given))

    return {name: given_numbers(act) for name, act in handlers.items()}


def extract_resource_arn(service: str, *request: Any) -> str:
    """What a right is asked for: of a log group, all that is in it."""
    arn: str = _extract_resource_arn(service, *request)
    return f"{arn}:*" if service == "logs" and ":log-group:" in arn and not arn.endswith(":*") else arn


def request_tag_context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
    """The keys for a policy's conditions that follow from the request; of events, what their first one says."""
    context: dict[str, Any] = _request_tag_context(service, action, body, parameters)
    if action != "events:PutEvents":
        return context
    first = json.loads(body)["Entries"][0]
    return {**context, "events:source": first.get("Source"), "events:detail-type": first.get("DetailType")}


def compile_filter_pattern(pattern: str) -> Callable[[str], bool]:
    """Whether a log line passes: one of JSON with these texts, where nothing else is asked for."""
    matches: Callable[[str], bool] = _compile_filter_pattern(pattern)
    if not pattern.strip().startswith("{"):
        return matches
    conditions = [TEXT.fullmatch(part.strip()) for part in pattern.strip().strip("{}").split("&&")]
    texts = [condition.groups() for condition in conditions if condition]
    if len(texts) < len(conditions):
        return matches

    def has_texts(line: str) -> bool:
        try:
            document = json.loads(line)
        except ValueError:
            return False
        return isinstance(document, dict) and all(document.get(name) == text for name, text in texts)

    return has_texts


if __name__ == "__main__":
    gateway._import_path_item = import_path_item
    gateway._import_rest_api = import_rest_api
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.extract_resource_arn = extract_resource_arn
    iam_actions.request_tag_context = request_tag_context
    logs._compile_filter_pattern = compile_filter_pattern
    of_type = provisioners._RESOURCE_HANDLERS
    of_type["AWS::Lambda::EventSourceMapping"] = of_numbers(of_type["AWS::Lambda::EventSourceMapping"])
    app.main()
