"""What follows from what was seen: a stand-in can never refute a claim, nor can it prove what it did not show."""

import pytest

from ops.http_client import Answer
from ops.prove.account.asked import Asked
from ops.prove.claims.claim import Seen, answer, call, fact, verdict
from ops.prove.claims.gateway.throttling import ENOUGH, judged

AGREES = Seen("a write", "403 AccessDenied", "403 AccessDenied", True)
OTHERWISE = Seen("a write", "403 AccessDenied", "200 OK", False)
UNSEEN = Seen("a trace", "one", "none", None)


@pytest.mark.parametrize(
    ("seen", "on_aws", "elsewhere"),
    [
        ([AGREES, AGREES], "held", "held"),
        ([AGREES, OTHERWISE], "not held", "not shown here"),
        ([AGREES, UNSEEN], "not shown here", "not shown here"),
        ([UNSEEN, OTHERWISE], "not held", "not shown here"),
        ([], "not shown here", "not shown here"),
    ],
)
def test_a_claim_holds_only_where_all_was_seen_and_agrees(seen: list[Seen], on_aws: str, elsewhere: str) -> None:
    assert verdict(seen, is_aws=True).word == on_aws
    assert verdict(seen, is_aws=False).word == elsewhere


def test_the_reason_says_what_the_stand_in_does_instead() -> None:
    assert verdict([AGREES, OTHERWISE], is_aws=False).reason == (
        "This endpoint is not AWS, and it does not do this: a write gave 200 OK."
    )


@pytest.mark.parametrize(
    ("came", "agrees"),
    [
        (Asked("AccessDenied", 403, "id"), True),
        (Asked("NoSuchKey", 404, "id"), False),
        (Asked("AccessDenied", 401, "id"), False),
        (Asked("no answer (EndpointConnectionError)", 0, ""), None),
    ],
)
def test_a_refusal_must_have_the_status_and_aws_own_code(came: Asked, agrees: bool | None) -> None:
    assert call("a write", came, 403, "AccessDenied").agrees is agrees


def test_the_evidence_of_a_call_is_aws_own_code_and_the_requests_id() -> None:
    assert (
        call("a write", Asked("AccessDenied", 403, "ABC"), 403, "AccessDenied").came == "403 AccessDenied, request ABC"
    )


OURS = {"error": "Wait.", "code": "throttled", "request_id": "1", "details": []}


@pytest.mark.parametrize(
    ("status", "body", "agrees"),
    [
        (429, OURS, True),
        (403, OURS, False),
        (429, {**OURS, "code": "quota_exceeded"}, False),
        (429, {"message": "Too Many Requests"}, False),
        (429, {**OURS, "message": "more"}, False),
        (429, "Too Many Requests", False),
    ],
)
def test_a_refusal_of_the_gateway_must_have_our_form(status: int, body: object, agrees: bool) -> None:
    assert answer("a burst", Answer(status, {}, body), 429, "throttled").agrees is agrees


def test_a_fact_must_be_this_and_nothing_else() -> None:
    assert fact("versioning", "Enabled", "Enabled").agrees
    assert fact("versioning", "Enabled", None).agrees is False


def test_no_answer_at_all_speaks_neither_for_a_claim_nor_against_it() -> None:
    assert answer("a large body", Answer(0, {}, "no answer (BrokenPipeError)"), 413, "request_too_large").agrees is None


def test_a_burst_that_was_too_slow_to_be_throttled_says_nothing_about_the_gateway() -> None:
    fine = [Answer(200, {}, {})] * 400
    assert judged(fine, rate=ENOUGH + 1)[-1].agrees is False
    assert judged(fine, rate=ENOUGH - 1)[-1].agrees is None


def test_a_throttled_burst_must_have_retry_after_and_let_a_page_read_it() -> None:
    headers = {"retry-after": "1", "access-control-expose-headers": "Retry-After"}
    fine = [Answer(200, {}, {})] * 50
    assert all(seen.agrees for seen in judged([*fine, Answer(429, headers, OURS)], rate=100))
    assert [seen.agrees for seen in judged([*fine, Answer(429, {}, OURS)], rate=100)] == [True, True, False, False]
    assert judged([Answer(502, {}, {}), Answer(429, headers, OURS)], rate=100)[0].agrees is False
