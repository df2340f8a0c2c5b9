"""What a stack is and does from its first deploy to its end. The fixtures in conftest.py are its stages, in order."""

import http.client
import json
import ssl
from urllib.parse import urlsplit

import pytest

from ops import stack
from ops.http_client import Answer
from ops.stack import Stack
from tests.e2e.deploy.stages import (
    NEW_CODE,
    OTHER_SCIKIT_LEARN,
    PAGES,
    BroughtModel,
    Deleted,
    Denied,
    HeldBack,
    Reconfigured,
    Redeployed,
    Released,
    Restored,
    Serving,
    Switched,
    Unpublished,
)

RESOURCES = {
    "AWS::ApiGateway::ApiKey": 1,
    "AWS::ApiGateway::Deployment": 1,
    "AWS::ApiGateway::RestApi": 1,
    "AWS::ApiGateway::Stage": 1,
    "AWS::ApiGateway::UsagePlan": 1,
    "AWS::ApiGateway::UsagePlanKey": 1,
    "AWS::CloudWatch::Alarm": 27,
    "AWS::CloudWatch::Dashboard": 1,
    "AWS::Events::Rule": 1,
    "AWS::IAM::ManagedPolicy": 5,
    "AWS::IAM::Role": 3,
    "AWS::KMS::Alias": 1,
    "AWS::KMS::Key": 1,
    "AWS::Lambda::Alias": 1,
    "AWS::Lambda::EventInvokeConfig": 1,
    "AWS::Lambda::Function": 2,
    "AWS::Lambda::Permission": 4,
    "AWS::Lambda::Version": 1,
    "AWS::Logs::LogGroup": 2,
    "AWS::S3::Bucket": 1,
    "AWS::S3::BucketPolicy": 1,
    "AWS::SNS::Topic": 1,
    "AWS::SNS::TopicPolicy": 1,
    "AWS::SQS::Queue": 1,
    "AWS::SQS::QueuePolicy": 1,
    "AWS::Scheduler::Schedule": 1,
}


def test_the_stack_has_these_resources_and_no_others(deployed: Stack) -> None:
    types = list(deployed.resources().values())
    assert {kind: types.count(kind) for kind in sorted(set(types))} == RESOURCES


def test_the_outputs_lead_to_what_they_name(deployed: Stack) -> None:
    outputs, aws = deployed.outputs, deployed.stand_in
    assert outputs["PredictUrl"] == f"{outputs['ApiUrl']}/predict"
    assert outputs["ApiUrl"].startswith(f"https://{outputs['ApiId']}.execute-api.")
    assert outputs["ModelUri"] == f"s3://{outputs['ModelBucketName']}/iris"
    variables = aws.client("lambda").get_function_configuration(FunctionName=outputs["FunctionAliasArn"])["Environment"]
    assert variables["Variables"]["MODEL_URI"] == outputs["ModelUri"]
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=outputs["LogGroupName"])["logGroups"]
    assert [group["retentionInDays"] for group in groups] == [7]


def test_the_function_runs_as_a_role_of_its_own_with_tracing_on(deployed: Stack) -> None:
    configuration = deployed.stand_in.client("lambda").get_function_configuration(
        FunctionName=deployed.outputs["FunctionName"]
    )
    assert configuration["Runtime"] == "python3.13"
    assert configuration["MemorySize"] == 1769
    assert configuration["EphemeralStorage"] == {"Size": 512}
    assert configuration["TracingConfig"]["Mode"] == "Active"
    assert configuration["LoggingConfig"]["LogGroup"] == deployed.outputs["LogGroupName"]


def test_the_model_bucket_is_versioned_encrypted_private_and_tidied(deployed: Stack) -> None:
    s3, bucket = deployed.stand_in.client("s3"), deployed.outputs["ModelBucketName"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    # The stand-in takes none of these from the template and gives some to every bucket: what it was told counts.
    declared = deployed.processed_template()["Resources"]["ModelBucket"]
    assert (declared["DeletionPolicy"], declared["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = declared["Properties"]
    encryption = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    lifecycle = {rule["Id"]: rule for rule in properties["LifecycleConfiguration"]["Rules"]}
    assert lifecycle["AbandonedUploads"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert lifecycle["ReplacedAndPruned"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}


def test_the_buckets_policy_denies_plain_http_and_unconditional_writes(deployed: Stack) -> None:
    s3, bucket = deployed.stand_in.client("s3"), deployed.outputs["ModelBucketName"]
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    denials = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert {statement["Effect"] for statement in denials.values()} == {"Deny"}
    swapped = {f"{what}CompareAndSwap" for what in ("Aliases", "Records", "Cases")}
    assert set(denials) == {"TlsOnly", "VersionsNeverChange", *swapped}


def test_before_anything_is_published_the_api_says_so(unpublished: Unpublished) -> None:
    for answer in (unpublished.prediction, unpublished.health):
        assert (answer.status, answer.body["code"]) == (503, "alias_not_set")
        assert int(answer.headers["retry-after"]) >= 1


def test_the_url_answers_the_lessons_sample_with_the_key(serving: Serving) -> None:
    answer = serving.first
    assert answer.status == 200, answer.body
    assert (answer.body["prediction"], answer.body["prediction_index"]) == ("versicolor", 1)
    assert answer.body["model"]["version"] == answer.headers["x-model-version"] == serving.version


def test_without_a_key_or_with_a_wrong_one_the_url_refuses(serving: Serving) -> None:
    api = serving.stack.api_without_key
    wrong_key = api.ask("POST", "/predict", "{}", {"x-api-key": "wrong"})
    shows_the_model = [api.ask("GET", path) for path in ("/health", "/model", "/openapi.json", "/report", "/nowhere")]
    for answer in (stack.predict(api), wrong_key, *shows_the_model):
        assert (answer.status, answer.body["code"]) == (403, "invalid_api_key")
        assert set(answer.body) == {"error", "code", "request_id", "details"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("GET", path, 200) for path in ("/", "/docs", "/docs/swagger-ui.js", "/docs/swagger-ui.css")),
        ("POST", "/", 405),
        ("GET", "/docs/nowhere", 404),
        ("POST", "/docs/predict", 404),
    ],
)
def test_what_needs_no_key_holds_nothing_of_the_model(method: str, path: str, status: int, serving: Serving) -> None:
    answer = serving.stack.api_without_key.ask(method, path)
    assert answer.status == status, answer.body
    assert "x-model-version" not in answer.headers
    told = f"{dict(answer.headers)} {answer.body}"
    model = serving.stack.api.ask("GET", "/model").body
    names = [feature["name"] for feature in model["features"]]
    for secret in (model["version"], model["sha256"], model["estimator"], *names, *model["target"]["classes"]):
        assert secret not in told


def test_paths_and_methods_that_do_not_exist_get_our_own_errors_and_not_the_gateways(serving: Serving) -> None:
    answer = serving.stack.api.ask("GET", "/nowhere")
    assert (answer.status, answer.body["code"]) == (404, "unknown_path")
    answer = serving.stack.api.ask("DELETE", "/predict")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    answer = serving.stack.api_without_key.ask("POST", "/")
    assert (answer.status, answer.body["code"]) == (405, "wrong_method")


def test_too_many_requests_at_once_are_throttled(serving: Serving) -> None:
    answers = ask_until(serving.stack, 429, most=400)
    throttled = answers[-1]
    assert {answer.status for answer in answers[:-1]} == {200}
    assert (throttled.status, throttled.body["code"]) == (429, "throttled"), f"after {len(answers)} requests"
    assert int(throttled.headers["retry-after"]) >= 1


def ask_until(deployed: Stack, status: int, most: int) -> list[Answer]:
    """The answers to at most `most` requests on one connection, up to and with the first one of `status`."""
    place = urlsplit(deployed.url)
    context = ssl.create_default_context(cafile=deployed.stand_in.certificate)
    connection = http.client.HTTPSConnection(place.netloc, timeout=60, context=context)
    answers: list[Answer] = []
    try:
        while len(answers) < most and (not answers or answers[-1].status != status):
            connection.request("GET", f"{place.path}/health", headers={"x-api-key": deployed.api_key})
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            answers.append(Answer(response.status, headers, json.loads(response.read())))
    finally:
        connection.close()
    return answers


def test_the_usage_plan_has_a_daily_quota(deployed: Stack) -> None:
    plans = deployed.stand_in.client("apigateway").get_usage_plans()["items"]
    assert [plan["quota"] for plan in plans] == [{"limit": 100000, "period": "DAY"}]


def test_a_promoted_version_serves_without_a_deploy(released: Released, serving: Serving) -> None:
    assert released.version != serving.version
    assert released.answer.status == 200, released.answer.body
    assert released.answer.body["model"]["version"] == released.version
    assert released.live_after == released.live_before


def test_building_and_deploying_again_changes_nothing(redeployed: Redeployed) -> None:
    assert "No changes to deploy" in redeployed.said
    assert redeployed.live_after == redeployed.live_before
    assert redeployed.after.outputs == redeployed.before.outputs


def test_a_changed_parameter_alone_goes_live_through_the_alias(reconfigured: Reconfigured) -> None:
    assert int(reconfigured.live_after) > int(reconfigured.live_before)
    assert (reconfigured.answer.status, reconfigured.answer.body["code"]) == (413, "too_many_rows")


def test_a_named_page_may_ask_from_a_browser_and_its_preflight_needs_no_key(reconfigured: Reconfigured) -> None:
    """Of the preflights that API Gateway would refuse this stand-in sees none; tests/template looks at those."""
    deployed = reconfigured.stack
    headers = {"Origin": PAGES, "Access-Control-Request-Method": "POST"}
    preflight = deployed.api_without_key.ask("OPTIONS", "/predict", headers=headers)
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, PAGES)
    for api in (deployed.api, deployed.api_without_key):
        answer = api.ask("GET", "/health", headers={"Origin": PAGES})
        assert answer.headers["access-control-allow-origin"] in (PAGES, "*")


def test_new_code_goes_live_through_the_alias(denied: Denied) -> None:
    assert int(denied.live_after) > int(denied.live_before)
    assert (denied.unknown_path.status, denied.unknown_path.body["code"]) == (404, NEW_CODE)


def test_a_function_that_may_not_read_the_registry_answers_503_with_the_reason(denied: Denied) -> None:
    answer = denied.prediction
    assert (answer.status, answer.body["code"]) == (503, "registry_access_denied")
    assert int(answer.headers["retry-after"]) >= 1


def test_the_function_recovers_by_itself_once_it_may_read_again(restored: Restored, released: Released) -> None:
    answer = restored.prediction
    assert answer.status == 200, answer.body
    assert answer.body["model"]["version"] == released.version


def test_a_package_that_could_not_read_what_serves_is_not_deployed(held_back: HeldBack, released: Released) -> None:
    said = held_back.deploy_refused
    assert f"'production' names {released.version}, which this package could not serve" in said
    assert f"(the package has {OTHER_SCIKIT_LEARN})" in said
    assert "--alias production-2" in said


def test_a_version_that_the_deployed_function_could_not_read_is_not_promoted(
    held_back: HeldBack, released: Released
) -> None:
    said = held_back.promotion_refused
    assert f"Error: {held_back.version} was not promoted to 'production'" in said
    assert f"'{stack.NAME}'" in said
    assert f"(the package has {OTHER_SCIKIT_LEARN})" in said
    assert (held_back.answer.status, held_back.answer.body["model"]["version"]) == (200, released.version)


def test_the_function_and_its_model_are_changed_together_by_a_new_alias(
    switched: Switched, held_back: HeldBack
) -> None:
    assert f"'production-2' names {held_back.version}, which the package could serve" in switched.check_said
    assert switched.answer.status == 200, switched.answer.body
    assert switched.answer.body["model"]["version"] == held_back.version
    (record,) = switched.on_record
    assert (record["stack"], record["alias"]) == (stack.NAME, "production-2")
    assert (record["memory_mb"], record["ephemeral_storage_mb"]) == (1769, 512)


@pytest.mark.parametrize("name", ["titanic", "own step"])
def test_a_pipeline_fitted_to_a_dataframe_answers_at_the_url_as_on_the_frame(
    name: str, brought: dict[str, BroughtModel]
) -> None:
    served = brought[name]
    assert served.answer.status == 200, served.answer.body
    assert served.answer.body["model"]["version"] == served.version
    served.brought.require_same(served.answer.body["predictions"])


def test_deleting_the_stack_ends_the_url_and_leaves_the_models(
    deleted: Deleted, serving: Serving, released: Released
) -> None:
    assert deleted.answer.status in (403, 404)
    assert deleted.keys_before - deleted.keys_after == {f"iris/functions/{stack.NAME}.json"}
    assert deleted.keys_after <= deleted.keys_before
    for version in (serving.version, released.version):
        assert f"iris/versions/{version}/model.joblib" in deleted.keys_after
