"""An IAM policy that allows reading objects of S3: the stand-in gives it to a user, who can do that and nothing else.

Other policies need a check of their own: what they allow must be tried too.
"""

import contextlib
import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ops import aws_stand_in
from ops.aws_stand_in import Credentials
from tests.docs.fences import Fence
from tests.docs.reader import Reader

USER = "reader-of-a-page"
READING = "s3:GetObject"


def check(block: Fence, reader: Reader) -> None:
    policy = json.loads(block.text)
    stand_in = aws_stand_in.find(reader.checkout / ".aws-sam/local-cloud")
    assert stand_in is not None
    (statement,) = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", READING)
    bucket, _, key = statement["Resource"].removeprefix("arn:aws:s3:::").partition("/")
    root = stand_in.client("s3")
    root.create_bucket(Bucket=bucket)
    for name in (key, "another"):
        root.put_object(Bucket=bucket, Key=name, Body=b"rows")
    iam = stand_in.client("iam")
    iam.create_user(UserName=USER)
    try:
        iam.put_user_policy(UserName=USER, PolicyName="of-the-page", PolicyDocument=block.text)
        made = iam.create_access_key(UserName=USER)["AccessKey"]
        _require_reading_alone(
            stand_in.client("s3", Credentials(made["AccessKeyId"], made["SecretAccessKey"])), bucket, key
        )
        iam.delete_access_key(UserName=USER, AccessKeyId=made["AccessKeyId"])
    finally:
        with contextlib.suppress(ClientError):
            iam.delete_user_policy(UserName=USER, PolicyName="of-the-page")
        iam.delete_user(UserName=USER)
        for name in (key, "another"):
            root.delete_object(Bucket=bucket, Key=name)
        root.delete_bucket(Bucket=bucket)


def _require_reading_alone(s3: Any, bucket: str, key: str) -> None:
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"rows"
    forbidden: dict[str, Callable[[], object]] = {
        "read another object": lambda: s3.get_object(Bucket=bucket, Key="another"),
        "write it": lambda: s3.put_object(Bucket=bucket, Key=key, Body=b""),
        "delete it": lambda: s3.delete_object(Bucket=bucket, Key=key),
        "list the bucket": lambda: s3.list_objects_v2(Bucket=bucket),
        "change the bucket's policy": lambda: s3.delete_bucket_policy(Bucket=bucket),
    }
    for act, try_it in forbidden.items():
        assert _code(try_it) == "AccessDenied", f"The policy allows to {act}."


def _code(act: Callable[[], object]) -> str | None:
    """The code of the error that `act` ends with; None where it does what it is to do."""
    try:
        act()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None
