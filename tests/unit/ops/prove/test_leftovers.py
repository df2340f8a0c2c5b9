"""The clean-up finds what belongs to a run, by its name alone, and nothing of anybody else."""

import json
import time
from collections.abc import Iterator

import pytest
from moto import mock_aws

from ops.commands import ROOT
from ops.prove.account import bounds, deletion
from ops.prove.account.caller import Caller
from ops.prove.account.deletion import delete, delete_all
from ops.prove.account.leftovers import BUCKETS, LOG_GROUPS, ROLES, leftovers
from ops.prove.account.names import RUN, new_name, run_of, tags

KINDS = (ROLES, BUCKETS, LOG_GROUPS)
"""Those that moto has without further packages; tests/prove has them all."""
RUN_ONE, RUN_TWO = "prove-0123abcd", "prove-89abcdef"
NOT_OURS = ("prove", "prove-it", "prove-0123abcde-x", "prove-0123ABCD", "my-prove-0123abcd", "prove-production-models")
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
ACT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


@pytest.fixture
def account() -> Iterator[Caller]:
    with mock_aws():
        yield Caller("123456789012", "arn:aws:iam::123456789012:user/me", "us-east-1", None)


def test_a_runs_name_is_random_and_marks_what_it_makes() -> None:
    names = {new_name() for _ in range(100)}
    assert len(names) == 100
    assert all(RUN.fullmatch(name) for name in names)
    assert tags(RUN_ONE) == {"project": "sklearn-on-lambda", "prove": RUN_ONE}


@pytest.mark.parametrize(
    "name", [RUN_ONE, f"{RUN_ONE}-plain", f"/aws/lambda/{RUN_ONE}-predict", f"{RUN_ONE}-modelbucket-1x"]
)
def test_what_a_run_makes_is_known_by_its_name(name: str) -> None:
    assert run_of(name) == RUN_ONE


@pytest.mark.parametrize("name", NOT_OURS)
def test_what_is_merely_called_like_a_run_is_not_its(name: str) -> None:
    assert run_of(name) is None


def furnish(caller: Caller, name: str) -> None:
    """A bucket with an old version, a delete marker and an unfinished upload; a role with policies; a log group."""
    s3, iam = caller.client("s3"), caller.client("iam")
    s3.create_bucket(Bucket=f"{name}-models")
    s3.put_bucket_versioning(Bucket=f"{name}-models", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"old", b"new"):
        s3.put_object(Bucket=f"{name}-models", Key="iris/versions/1/model.joblib", Body=body)
    s3.delete_object(Bucket=f"{name}-models", Key="iris/versions/1/model.joblib")
    s3.create_multipart_upload(Bucket=f"{name}-models", Key="large")
    iam.create_role(RoleName=f"{name}-reader", AssumeRolePolicyDocument=TRUST)
    document = json.dumps({"Version": "2012-10-17", "Statement": [ACT]})
    iam.put_role_policy(RoleName=f"{name}-reader", PolicyName="inline", PolicyDocument=document)
    managed = iam.create_policy(PolicyName=f"{name}-managed", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=f"{name}-reader", PolicyArn=managed)
    caller.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}-predict")


def test_each_run_is_found_apart_and_what_belongs_to_nobody_is_left_alone(account: Caller) -> None:
    for name in (RUN_ONE, RUN_TWO):
        furnish(account, name)
    for name in NOT_OURS[:2]:
        account.client("s3").create_bucket(Bucket=f"{name}-models")
        account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    assert [str(each) for each in leftovers(account, RUN_ONE, KINDS)] == [
        f"role {RUN_ONE}-reader",
        f"bucket {RUN_ONE}-models",
        f"log group /aws/lambda/{RUN_ONE}-predict",
    ]
    assert {each.run for each in leftovers(account, None, KINDS)} == {RUN_ONE, RUN_TWO}


def test_all_versions_markers_uploads_and_policies_go_and_the_next_search_finds_nothing(account: Caller) -> None:
    furnish(account, RUN_ONE)
    furnish(account, RUN_TWO)
    said: list[str] = []
    delete(account, leftovers(account, RUN_ONE, KINDS), said.append)
    assert len(said) == 3
    assert all(text.startswith("Deleted: ") for text in said)
    assert leftovers(account, RUN_ONE, KINDS) == []
    assert len(leftovers(account, RUN_TWO, KINDS)) == 3


def test_a_thing_that_resists_is_told_and_does_not_keep_the_others(account: Caller) -> None:
    furnish(account, RUN_ONE)
    found = leftovers(account, RUN_ONE, KINDS)
    account.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{RUN_ONE}-predict")
    said: list[str] = []
    delete(account, list(reversed(found)), said.append)
    assert "could not be deleted" in said[0]
    assert leftovers(account, RUN_ONE, KINDS) == []


def test_a_log_group_that_a_late_request_makes_anew_goes_too(account: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "EVERY_KIND", KINDS)
    furnish(account, RUN_ONE)
    group = f"/aws/lambda/{RUN_ONE}-predict"
    said: list[str] = []

    def request_ends(seconds: float) -> None:
        if seconds == bounds.LATE_SECONDS:
            assert f"Deleted: log group {group}" in said
            account.client("logs").create_log_group(logGroupName=group)

    monkeypatch.setattr(time, "sleep", request_ends)
    assert delete_all(account, RUN_ONE, said.append) == []
    assert said.count(f"Deleted: log group {group}") == 2
    assert leftovers(account, RUN_ONE, KINDS) == []


def test_the_page_says_when_the_clean_up_looks_again() -> None:
    page = " ".join((ROOT / "docs" / "prove-on-aws.md").read_text().split())
    assert f"looks again {bounds.LATE_SECONDS} seconds later" in page
