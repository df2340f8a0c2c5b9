"""A whole run tells of each claim what a stand-in can and cannot show, and leaves nothing, however it ends."""

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from ops.aws_stand_in import StandIn
from ops.prove import every
from ops.prove.account.caller import caller
from ops.prove.account.leftovers import leftovers
from ops.prove.account.names import new_name
from ops.prove.claims.claim import Claim, Seen
from ops.prove.claims.gateway import api_key
from ops.prove.claims.ground import Ground
from ops.prove.run import run
from tests.prove.conftest import Prove, everything, nothing, until_said

HELD = {"api-key", "cors", "quota", "rights", "life"}
"""What the stand-in does as AWS does it. IAM is enforced in it."""
EITHER = {"throttling"}
"""It throttles whoever asks faster than this machine may be able to."""


@pytest.fixture
def in_the_stand_in(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stand_in.environment().items():
        monkeypatch.setenv(name, value)


def test_a_whole_run_shows_what_the_stand_in_can_reports_and_leaves_nothing(prove: Prove, stand_in: StandIn) -> None:
    code, said = prove.run("--yes")
    assert code == 0, said
    report: Any = prove.report()
    verdicts = {claim["name"]: claim["verdict"] for claim in report["claims"]}
    assert set(verdicts) == {claim.name for claim in every.CLAIMS}
    for claim in report["claims"]:
        expected = "held" if claim["name"] in HELD else "not shown here"
        assert claim["name"] in EITHER or claim["verdict"] == expected, claim
        assert not claim["failed"], claim
        assert claim["evidence"]
    assert (report["aws"], report["left"], report["not_tried"], report["ended_by_signal"]) == (False, [], [], False)
    (page,) = prove.out.glob("prove-*/report.md")
    assert all(f"## {claim.name}: " in page.read_text() for claim in every.CLAIMS)
    assert nothing(stand_in)
    assert prove.run("--clean", report["run"], "--yes") == (0, _nothing_left(report["run"], stand_in))


def _nothing_left(run_name: str, stand_in: StandIn) -> str:
    who = stand_in.client("sts").get_caller_identity()
    place = f"region us-east-1, at {stand_in.endpoint}, which is not AWS"
    return f"In account {who['Account']}, as {who['Arn']}, {place}:\nNothing is left of {run_name}.\n"


@pytest.mark.usefixtures("in_the_stand_in")
def test_a_claim_that_breaks_keeps_neither_the_others_nor_the_deletion(stand_in: StandIn, prepared: Path) -> None:
    def broken(ground: Ground) -> list[Seen]:
        """Leave behind as much as a claim can, and break."""
        stack = ground.stack()
        ground.roles.with_policy("reader", stack.outputs["ReadPolicyArn"])
        body = {"Bucket": stack.bucket, "Key": "iris/left", "Body": b"1"}
        ground.caller.client("s3").put_object(**body)
        ground.caller.client("apigateway").create_api_key(name=f"{ground.name}-left")
        assert len(leftovers(ground.caller, ground.name)) >= 4
        raise RuntimeError("as a claim may break")

    claims = (Claim("broken", "It breaks.", "It does.", "it breaks", {}, 1, broken), api_key.CLAIM)
    outcome = run(caller(), new_name(), claims, prepared)
    first, second = (each.verdict for each in outcome.tried)
    assert (first.word, first.failed) == ("not shown here", True)
    assert "RuntimeError: as a claim may break" in first.reason
    assert second.word == "held"
    assert not outcome.good
    assert outcome.left == ()
    assert nothing(stand_in)


def test_a_run_that_is_ended_half_way_through_a_deploy_deletes_everything(prove: Prove, stand_in: StandIn) -> None:
    with prove.start("--yes", "--claims", "api-key,quota") as process:
        until_said(process, "sam deploy, make record-deploy")
        deadline = time.monotonic() + 300
        while not everything(stand_in)["cloudformation list_stacks"] and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        said = until_said(process, "Report: ")
    assert process.returncode == 1
    assert "Ended by a signal." in said
    report = prove.report()
    assert report["ended_by_signal"]
    assert report["not_tried"]
    assert report["left"] == []
    assert nothing(stand_in)


def test_what_a_killed_run_leaves_is_found_by_its_name_and_deleted_when_confirmed(
    prove: Prove, stand_in: StandIn
) -> None:
    with prove.start("--yes", "--claims", "api-key,quota") as process:
        said = until_said(process, "api-key: held")
        process.kill()
    name = said.split("This run is ", 1)[1].split(".", 1)[0]
    left = everything(stand_in)
    assert name in left["cloudformation list_stacks"]
    code, said = prove.run("--clean")
    assert (code, f"{name}  stack {name}" in said) == (1, True), said
    assert "confirm by CONFIRM=yes" in said
    assert everything(stand_in) == left
    code, said = prove.run("--clean", name, "--yes")
    assert (code, said.splitlines()[-1]) == (0, "All of it is deleted."), said
    assert nothing(stand_in)


def test_a_run_that_nobody_confirms_does_nothing(prove: Prove, stand_in: StandIn) -> None:
    code, said = prove.run()
    assert code == 1
    assert "Costs      at most $" in said
    assert f"at {stand_in.endpoint}, which is not AWS" in said
    assert said.endswith("Nothing was done: this is not a terminal, so confirm by CONFIRM=yes.\n")
    assert nothing(stand_in)
