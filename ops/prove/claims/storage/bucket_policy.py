"""The bucket's policy refuses what IAM allows: a write that could replace something unseen."""

from typing import Any

from ops.prove.account import bounds
from ops.prove.account.asked import Asked, asked
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, call
from ops.prove.claims.ground import Ground

ROOT = "probe"
"""Beside the model that serves, so that nothing which is written here is ever read as a model's."""
VERSION, COPY, LARGE = (f"{ROOT}/versions/1/{name}" for name in ("file", "copy", "large"))
MAY = ("s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:AbortMultipartUpload")
ELSEWHERE = '"0123456789abcdef0123456789abcdef"'
"""An ETag that nothing has."""


def look(ground: Ground) -> list[Seen]:
    """Write with and without conditions, as a role whose IAM policy allows every write."""
    stack = ground.stack()
    bucket = stack.bucket
    arn = f"arn:{ground.caller.partition}:s3:::{bucket}"
    s3 = ground.caller.client("s3", ground.roles.with_statement("writer", MAY, f"{arn}/*"))
    new = {"IfNoneMatch": "*"}
    wait = ground.caller.patience(bounds.IAM_SECONDS)

    def put(key: str, **condition: str) -> Asked:
        return asked(lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"{}", **condition))

    first = until(lambda: put(VERSION, **new), lambda came: came.code != "AccessDenied", wait)
    seen = [
        call("PutObject under versions/ with If-None-Match, nothing there", first, 200, "OK"),
        call("the same again", put(VERSION, **new), 412, "PreconditionFailed"),
        call("the same without If-None-Match", put(VERSION), 403, "AccessDenied"),
        call("a new key under versions/ without If-None-Match", put(f"{VERSION}-2"), 403, "AccessDenied"),
    ]
    copied = {"Bucket": bucket, "Key": COPY, "CopySource": {"Bucket": bucket, "Key": VERSION}}
    seen.append(
        call(
            "CopyObject to versions/ without a condition", asked(lambda: s3.copy_object(**copied)), 403, "AccessDenied"
        )
    )
    for kind in ("aliases", "functions"):
        key = f"{ROOT}/{kind}/probe.json"
        there = put(key, **new)
        tag = there.answer["ETag"] if there.code == "OK" else ELSEWHERE
        seen += [
            call(f"PutObject under {kind}/ without a condition", put(key), 403, "AccessDenied"),
            call(f"{kind}/ with If-None-Match, nothing there", there, 200, "OK"),
            call(
                f"{kind}/ with a wrong If-Match",
                put(key, IfMatch=ELSEWHERE),
                412,
                "PreconditionFailed",
            ),
            call(f"{kind}/ with the right If-Match", put(key, IfMatch=tag), 200, "OK"),
        ]
    return seen + _multipart(s3, bucket)


def _multipart(client: Any, bucket: str) -> list[Seen]:
    """Parts cannot carry a condition; their completion can, and must."""
    place = {"Bucket": bucket, "Key": LARGE}
    begun = asked(lambda: client.create_multipart_upload(**place))
    if begun.code != "OK":
        return [call("CreateMultipartUpload under versions/", begun, 200, "OK")]
    upload = {**place, "UploadId": begun.answer["UploadId"]}
    part = asked(lambda: client.upload_part(**upload, PartNumber=1, Body=b"part"))
    seen = [call("UploadPart under versions/", part, 200, "OK")]
    if part.code == "OK":
        parts = {"MultipartUpload": {"Parts": [{"ETag": part.answer["ETag"], "PartNumber": 1}]}}
        bare = asked(lambda: client.complete_multipart_upload(**upload, **parts))
        seen.append(call("CompleteMultipartUpload without If-None-Match", bare, 403, "AccessDenied"))
        good = asked(lambda: client.complete_multipart_upload(**upload, **parts, IfNoneMatch="*"))
        seen.append(call("CompleteMultipartUpload with If-None-Match", good, 200, "OK"))
    return seen


CLAIM = Claim(
    name="bucket-policy",
    sentence="The bucket refuses unconditional writes below versions/, aliases/ and functions/ to whoever may write.",
    why="The stand-in stores a bucket's policy and does not apply it.",
    how="a role with s3:PutObject on the whole bucket writes with and without If-None-Match and If-Match, and in parts",
    calls={
        "s3:PutObject": bounds.POLLS + 14,
        "s3:CopyObject": 1,
        "s3:multipart": 4,
        "iam:role": 3,
        "sts:AssumeRole": bounds.POLLS,
    },
    seconds=40,
    look=look,
)
