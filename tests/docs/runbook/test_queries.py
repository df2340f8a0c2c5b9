"""Each query of the runbook finds the real log lines of its own section, and no other's, in a stand-in for AWS."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from handler.telemetry.metrics import METRICS
from ops import aws_stand_in
from ops.reference.runbook import OF_OPERATOR
from tests.docs.insights import stages
from tests.docs.runbook.queries import every_line, expected, found, put_lines, queries

GROUP = "/aws/lambda/of-a-bad-night"
QUERIES = dict(queries())


@pytest.fixture(scope="module")
def lines() -> Mapping[str, Sequence[str]]:
    return every_line()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory, lines: Mapping[str, Sequence[str]]) -> Iterator[Any]:
    """CloudWatch Logs of a stand-in that holds all of the lines."""
    with aws_stand_in.running(tmp_path_factory.mktemp("cloud") / "stand-in") as stand_in:
        client = stand_in.client("logs")
        put_lines(client, GROUP, lines)
        yield client


def test_every_reason_for_a_503_was_brought_about(lines: Mapping[str, Sequence[str]]) -> None:
    assert {answer.code for answer, _ in OF_OPERATOR} <= set(lines)


def test_every_code_and_every_metric_has_a_query() -> None:
    assert {*(answer.code for answer, _ in OF_OPERATOR), *(metric.name for metric in METRICS)} <= set(QUERIES)


@pytest.mark.parametrize("heading", QUERIES)
def test_a_query_finds_the_lines_of_its_section_and_no_other_s(
    logs: Any, lines: Mapping[str, Sequence[str]], heading: str
) -> None:
    wanted = expected(heading, lines)
    assert wanted
    query = QUERIES[heading].replace("| limit 20", "| limit 1000")
    assert {line.strip() for line in found(logs, GROUP, query)} == {line.strip() for line in wanted}


@pytest.mark.parametrize("heading", QUERIES)
def test_a_query_has_nothing_that_the_stand_in_would_skip_over(heading: str) -> None:
    assert len(stages(QUERIES[heading])) == QUERIES[heading].count("\n| ") + 1


def test_a_query_without_its_filter_finds_other_lines_too(logs: Any, lines: Mapping[str, Sequence[str]]) -> None:
    query = "\n".join(line for line in QUERIES["alias_not_set"].splitlines() if "code" not in line)
    assert len(found(logs, GROUP, query)) > len(expected("alias_not_set", lines))
