"""What Step Functions says of a run becomes a sentence that says what to do."""

import pytest

from training.errors import ScoringFailed
from training.scoring.chunk import InputTag
from training.scoring.on_aws.executions import CAUSES, Execution, StateMachine
from training.scoring.on_aws.scorer import job_id
from training.scoring.writing.job import Job

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:churn-Batch"
JOB = Job("20260101T000000Z-01234567", "a" * 64, "b" * 64)
TAGS = [InputTag("a.csv", "1"), InputTag("b.csv", "2")]


@pytest.mark.parametrize(
    "text",
    ["", "churn", ARN.replace(":states:", ":lambda:"), ARN.replace("stateMachine", "activity"), ARN + ":1", ARN[:-11]],
)
def test_what_is_no_state_machine_is_refused_with_where_to_find_one(text: str) -> None:
    with pytest.raises(ScoringFailed, match="BatchStateMachineArn"):
        StateMachine(text)


def test_an_execution_is_known_by_the_name_that_it_is_given() -> None:
    expected = "arn:aws:states:us-east-1:123456789012:execution:churn-Batch:1234-1"
    assert StateMachine(ARN).execution_arn("1234-1") == expected


@pytest.mark.parametrize("error", [*CAUSES, "States.Other", None])
def test_a_failed_run_says_why_in_our_words(error: str | None) -> None:
    said = Execution("arn", "FAILED", error).why()
    assert said == CAUSES.get(error or "", said)
    assert (error or "unknown") in said or error in CAUSES


@pytest.mark.parametrize(("status", "said"), [("ABORTED", "stopped"), ("TIMED_OUT", "longer")])
def test_a_run_that_was_ended_says_so(status: str, said: str) -> None:
    assert said in Execution("arn", status).why()


def test_the_same_tables_and_options_are_the_same_job_in_any_order() -> None:
    assert job_id(JOB, TAGS) == job_id(JOB, reversed(TAGS)) == job_id(JOB, iter(TAGS))
    assert len(job_id(JOB, TAGS)) + len("-00000") <= 80  # StartExecution: a name has 80 characters at most


def test_what_the_function_never_sees_makes_no_other_job() -> None:
    other = Job(JOB.version, JOB.manifest_sha256, JOB.reading, ("id",), "parquet")
    assert job_id(other, TAGS) == job_id(JOB, TAGS)


def test_other_bytes_names_options_sizes_or_versions_are_another_job() -> None:
    jobs = [
        job_id(JOB, TAGS[:1]),
        job_id(JOB, [InputTag("a.csv", "2"), TAGS[1]]),
        job_id(JOB, [InputTag("c.csv", "1"), TAGS[1]]),
        job_id(Job("20260102T000000Z-01234567", JOB.manifest_sha256, JOB.reading), TAGS),
        job_id(Job(JOB.version, "c" * 64, JOB.reading), TAGS),
        job_id(Job(JOB.version, JOB.manifest_sha256, "c" * 64), TAGS),
        job_id(Job(JOB.version, JOB.manifest_sha256, JOB.reading, rows_per_part=7), TAGS),
    ]
    assert len({job_id(JOB, TAGS), *jobs}) == len(jobs) + 1
