"""Each of the five policies, and the function's role, allows what it is for and nothing else, with IAM enforced.

What each may do is shown by the suite itself: the model that serves was published with the one and promoted with the
other.
"""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.aws_stand_in import Credentials
from ops.stack import NAME
from tests.e2e.deploy.stages import Serving

Act = Callable[[Any, str, str], object]

RECORD = f"iris/functions/{NAME}.json"


PRODUCTION = "iris/aliases/production.json"


def _read(s3: Any, bucket: str, key: str) -> bytes:
    """A sound file to write elsewhere: the check before each later deploy looks at all aliases."""
    data: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return data


def _write_again(s3: Any, bucket: str, key: str) -> None:
    held = s3.get_object(Bucket=bucket, Key=key)
    s3.put_object(Bucket=bucket, Key=key, Body=held["Body"].read(), IfMatch=held["ETag"])


ACTS: dict[str, Act] = {
    "write a version": lambda s3, bucket, _: s3.put_object(
        Bucket=bucket, Key="iris/versions/20260101T000000Z-00000000/model.joblib", Body=b"", IfNoneMatch="*"
    ),
    "move an alias": lambda s3, bucket, _: s3.put_object(
        Bucket=bucket, Key="iris/aliases/staging.json", Body=_read(s3, bucket, PRODUCTION), IfNoneMatch="*"
    ),
    "write another model": lambda s3, bucket, _: s3.put_object(
        Bucket=bucket, Key="other/versions/1/model.joblib", Body=b"", IfNoneMatch="*"
    ),
    "delete a version": lambda s3, bucket, version: s3.delete_object(
        Bucket=bucket, Key=f"iris/versions/{version}/manifest.json"
    ),
    "delete an alias": lambda s3, bucket, _: s3.delete_object(Bucket=bucket, Key="iris/aliases/production.json"),
    "record this stack's function": lambda s3, bucket, _: _write_again(s3, bucket, RECORD),
    "record another stack's function": lambda s3, bucket, _: s3.put_object(
        Bucket=bucket, Key="iris/functions/other.json", Body=b"{}", IfNoneMatch="*"
    ),
    "list another model": lambda s3, bucket, _: s3.list_objects_v2(Bucket=bucket, Prefix="other/"),
    "read another model": lambda s3, bucket, _: s3.get_object(Bucket=bucket, Key="other/aliases/production.json"),
    "change the bucket's policy": lambda s3, bucket, _: s3.delete_bucket_policy(Bucket=bucket),
}

ALLOWED = {
    "reader": set[str](),
    "publisher": {"write a version"},
    "promoter": {"move an alias"},
    "deployer": {"record this stack's function"},
    "observer": set[str](),
}
"""By role. What the observer may read beside the model is no object: the log of the function, below."""


def client_of(role: str, serving: Serving, request: pytest.FixtureRequest, service: str = "s3") -> Any:
    credentials: Credentials = request.getfixturevalue(role)
    return serving.stack.stand_in.client(service, credentials)


@pytest.mark.parametrize("role", sorted(ALLOWED))
@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_role_may_do_what_it_is_for_and_is_refused_the_rest(
    role: str, act: str, serving: Serving, request: pytest.FixtureRequest
) -> None:
    s3 = client_of(role, serving, request)
    bucket = serving.stack.outputs["ModelBucketName"]
    if act in ALLOWED[role]:
        ACTS[act](s3, bucket, serving.version)
        return
    with pytest.raises(ClientError) as refused:
        ACTS[act](s3, bucket, serving.version)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("role", sorted(ALLOWED))
def test_every_role_may_read_and_list_the_model(role: str, serving: Serving, request: pytest.FixtureRequest) -> None:
    s3 = client_of(role, serving, request)
    bucket = serving.stack.outputs["ModelBucketName"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"iris/versions/{serving.version}/")
    assert {entry["Key"].rsplit("/", 1)[-1] for entry in listed["Contents"]} >= {"model.joblib", "manifest.json"}
    assert serving.version.encode() in s3.get_object(Bucket=bucket, Key="iris/aliases/production.json")["Body"].read()


@pytest.mark.parametrize("role", sorted(ALLOWED))
def test_the_log_of_the_function_is_for_who_observes_alone(
    role: str, serving: Serving, request: pytest.FixtureRequest
) -> None:
    logs, group = client_of(role, serving, request, "logs"), serving.stack.outputs["LogGroupName"]
    if role == "observer":
        assert logs.filter_log_events(logGroupName=group)["events"]
        refused_group = f"/aws/lambda/{NAME}-monitor"
    else:
        refused_group = group
    with pytest.raises(ClientError) as refused:
        logs.filter_log_events(logGroupName=refused_group)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
