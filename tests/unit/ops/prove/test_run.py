"""A signal ends the claims and not the deletion, and the report says what came out without naming the account."""

import json
import os
import signal
from pathlib import Path

import pytest

from ops.prove import every, report
from ops.prove.account.caller import Caller
from ops.prove.claims.claim import Seen, verdict
from ops.prove.plan import Plan
from ops.prove.run import Ended, Outcome, Signals, Tried

ME = Caller("123456789012", "arn:aws:iam::123456789012:user/me", "eu-west-1", None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_ends_the_claims_and_a_second_one_not_the_deletion(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)
    with Signals() as signals:
        with pytest.raises(Ended):
            os.kill(os.getpid(), number)
        assert signals.came
        os.kill(os.getpid(), number)
        assert "Still deleting" in capsys.readouterr().err
    assert signal.getsignal(number) is before


def test_a_signal_while_everything_is_deleted_is_only_answered(capsys: pytest.CaptureFixture[str]) -> None:
    with Signals() as signals:
        signals.deleting = True
        os.kill(os.getpid(), signal.SIGTERM)
        assert not signals.came
    assert "make prove-on-aws-clean" in capsys.readouterr().err


def outcome(*seen: Seen, left: tuple[str, ...] = (), untried: tuple[str, ...] = ()) -> Outcome:
    tried = (Tried(every.CLAIMS[0], verdict(list(seen), is_aws=True), 2.0),)
    return Outcome("prove-0123abcd", ME, "2026-11-30T00:00:00+00:00", 60.0, tried, untried, bool(untried), left, ())


GOOD, BAD = Seen("a | b", "403", "403, request 1", True), Seen("a", "403", "200", False)


def test_a_run_is_good_only_if_nothing_is_refuted_left_or_untried() -> None:
    assert outcome(GOOD).good
    assert outcome(GOOD, Seen("a trace", "one", "none", None)).good
    assert not outcome(GOOD, BAD).good
    assert not outcome(GOOD, left=("bucket x",)).good
    assert not outcome(GOOD, untried=("life",)).good


def test_both_reports_have_the_evidence_and_neither_names_the_account(tmp_path: Path) -> None:
    page = report.write(outcome(GOOD, BAD, untried=("life",)), Plan(every.CLAIMS), tmp_path)
    text, document = page.read_text(), (tmp_path / "report.json").read_text()
    assert ME.account not in text + document
    assert "| a \\| b | 403 | 403, request 1 | ✓ |" in text
    assert "| a | 403 | 200 | ✗ |" in text
    assert "| life | not tried |" in text
    assert "Everything that it made is deleted." in text
    (claim,) = json.loads(document)["claims"]
    assert (claim["verdict"], claim["evidence"][1]["agrees"]) == ("not held", False)


def test_what_is_left_is_named_with_the_command_that_removes_it(tmp_path: Path) -> None:
    text = report.write(outcome(GOOD, left=("bucket prove-0123abcd-x",)), Plan(every.CLAIMS), tmp_path).read_text()
    assert "- bucket prove-0123abcd-x" in text
    assert "make prove-on-aws-clean CLEAN=prove-0123abcd" in text
