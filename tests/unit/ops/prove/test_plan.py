"""What a run will do and cost is told before it does anything, from bounded counts and declared prices."""

import pytest

from ops.prove import every
from ops.prove.account import bounds
from ops.prove.claims.claim import Claim
from ops.prove.plan import Plan, cost, told, used
from ops.prove.prices import FREE, PRICES, USES

PLAN = Plan(every.CLAIMS)


@pytest.mark.parametrize("claim", every.CLAIMS, ids=lambda claim: claim.name)
def test_every_call_of_a_claim_has_a_bound_and_a_price_or_is_free(claim: Claim) -> None:
    assert claim.calls
    assert all(0 < count < 1000 for count in claim.calls.values())
    assert set(claim.calls) <= set(USES)
    for kind in claim.calls:
        assert USES[kind] or kind in FREE, f"{kind} costs nothing, and is not declared to be free"


@pytest.mark.parametrize("claim", every.CLAIMS, ids=lambda claim: claim.name)
def test_every_claim_says_what_is_claimed_why_no_stand_in_proves_it_and_what_is_done(claim: Claim) -> None:
    for text in (claim.sentence, claim.why):
        assert text.endswith(".")
    assert claim.how
    assert 0 < claim.seconds <= 600


def test_claims_have_names_of_their_own_and_the_one_that_ends_the_stack_comes_last() -> None:
    names = [claim.name for claim in every.CLAIMS]
    assert len(set(names)) == len(names)
    assert names[-1] == "life"


def test_the_cost_is_count_times_use_times_price() -> None:
    calls = {"s3:PutObject": 2000.0, "s3:GetObject": 5000.0, "iam:role": 7.0}
    assert used(calls) == {"s3 write": 2000.0, "s3 read": 5000.0}
    assert cost(calls) == pytest.approx(2 * 0.005 + 5 * 0.0004)


def test_a_snapshot_is_charged_for_three_hours_of_its_memory_and_a_restore_by_gigabyte() -> None:
    gigabytes = bounds.MEMORY_MB / 1024
    start = cost({"lambda:cold start": 1})
    assert cost({"lambda:snapshot": 1}) - start == pytest.approx(gigabytes * 3 * 3600 * 0.0000015046)
    assert cost({"lambda:restore": 1}) == pytest.approx(gigabytes * 0.0001397998)


def test_a_request_pays_for_gateway_and_function() -> None:
    assert cost({"execute-api:Invoke": 1e6}) > 3.50 + 0.20 + 1e6 * bounds.WARM_SECONDS * 1.7 * 0.0000166667


def test_a_call_that_nobody_priced_cannot_be_planned() -> None:
    with pytest.raises(KeyError):
        cost({"ec2:RunInstances": 1})


def test_a_whole_run_costs_less_than_a_dollar_and_more_than_its_dearest_part() -> None:
    parts = [cost(claim.calls) for claim in PLAN.claims]
    assert max(parts) < sum(parts) < PLAN.dollars < 1


def test_fewer_claims_cost_less() -> None:
    assert Plan(every.chosen("api-key")).dollars < PLAN.dollars / 2


def test_the_plan_tells_the_cost_its_source_and_each_claim() -> None:
    text = told(PLAN, "account 1, region eu-west-1")
    assert "account 1, region eu-west-1" in text
    assert f"at most ${PLAN.dollars:.2f} (list prices of us-east-1 as of" in text
    for claim in every.CLAIMS:
        assert claim.sentence in text
    for what in used(PLAN.calls):
        assert PRICES[what].source in text


def test_claims_can_be_chosen_by_name_and_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    assert [claim.name for claim in every.chosen("quota, api-key")] == ["api-key", "quota"]
    assert every.chosen("") == every.CLAIMS
    with pytest.raises(ValueError, match=r"no claim nowhere; there are bucket-settings, .*life"):
        every.chosen("nowhere")
