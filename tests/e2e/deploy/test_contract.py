"""The contract holds at the deployed URL as well, where the gateway stands before the function and asks for the key.

tests/contract tries more requests and more models, on loopback and without a gateway.
"""

from pathlib import Path

from ops.stack import Stack
from tests.contract.schemathesis_run import Outcome, run_schemathesis
from tests.e2e.deploy.stages import Serving

SECONDS = 20
MOST_A_SECOND = 15
"""Below the template's ThrottleRate of 20: what is tried here is the contract, not the throttle."""
CASES = 50
"""Fewer than a busy machine makes in that time; one that has nothing else to do makes about 250."""


def run_at(deployed: Stack, api_key: str, scratch: Path, seconds: int) -> Outcome:
    return run_schemathesis(
        deployed.url,
        scratch,
        seconds,
        {"x-api-key": api_key},
        certificate=deployed.stand_in.certificate,
        most_a_second=MOST_A_SECOND,
    )


def test_schemathesis_finds_nothing_at_the_deployed_url(serving: Serving, tmp_path: Path) -> None:
    outcome = run_at(serving.stack, serving.stack.api_key, tmp_path, SECONDS)
    print(f"{outcome.cases} cases, {outcome.failures} failures")
    assert outcome.failures == 0, outcome.said
    assert outcome.cases >= CASES, outcome.said


def test_a_key_that_opens_nothing_is_a_failure(serving: Serving, tmp_path: Path) -> None:
    """The test above can fail: without the key not even the contract is to be had."""
    outcome = run_at(serving.stack, "wrong", tmp_path, 5)
    assert outcome.failures, outcome.said
    assert "Failed to load specification" in outcome.said
    assert outcome.cases == 0
