"""A table of 300 parts is scored by the state machine: each row is answered or refused as POST /predict does it.

The command is given by one who has the policy for it and no other right, with IAM enforced.
"""

import json
from typing import Any

import pytest

from tests.e2e.deploy.tables.rows import PARTS, REFUSED, ROWS
from tests.e2e.deploy.tables.stage import CHANGED, GONE, Tables


def same(one: Any, other: Any) -> bool:
    """Whether two answers are equal, their numbers to the last bits: these may hang on how many rows are asked."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-6, abs=1e-9)
    return bool(one == other)


def test_each_row_is_in_one_part_or_among_the_refused_and_in_no_other(tables: Tables) -> None:
    answered, refused = tables.rows("answer"), tables.rows("refusal")
    assert answered.keys() & refused.keys() == set()
    assert answered.keys() | refused.keys() == set(range(ROWS))
    assert refused.keys() == REFUSED.keys()
    assert all(document["keep"] == {"flower": f"no. {row}"} for row, document in {**answered, **refused}.items())


def test_no_answer_differs_from_that_of_predict(tables: Tables) -> None:
    found = tables.rows("answer")
    assert found.keys() == tables.answers.keys()
    assert [row for row, answer in tables.answers.items() if not same(found[row]["answer"], answer)] == []


def test_no_refusal_differs_from_that_of_predict(tables: Tables) -> None:
    assert {row: document["refusal"] for row, document in tables.rows("refusal").items()} == tables.refusals


def test_a_chunk_that_breaks_is_named_with_the_reason_and_every_other_part_is_there(tables: Tables) -> None:
    ended = tables.broken
    assert ended.code == 1
    assert f"2 of {PARTS} parts were not scored" in ended.said
    assert f"{GONE}: its chunk is not in the bucket any more" in ended.said
    assert f"{CHANGED}: its chunk in the bucket was changed" in ended.said
    assert "--resume" in ended.said
    parts = {name.removesuffix(".jsonl") for name in ended.files if name.endswith(".jsonl") and "/" not in name}
    assert parts == {f"table-{number:05}" for number in range(PARTS)} - {GONE, CHANGED}
    assert "summary.json" not in ended.files


def test_what_broke_is_mended_by_a_run_of_that_alone_and_a_third_command_scores_nothing(tables: Tables) -> None:
    assert (tables.mended.code, tables.again.code) == (0, 0), tables.mended.said + tables.again.said
    assert tables.broken.lists == [PARTS]
    assert tables.mended.lists == tables.again.lists == [PARTS, 2]
    kept = [json.loads(ended.printed)["parts_kept"] for ended in (tables.mended, tables.again)]
    assert kept == [PARTS - 2, PARTS]
    done = json.loads(tables.again.printed)
    assert (done["rows"], done["refused"]) == (ROWS, len(REFUSED))


def test_each_command_says_what_it_cost(tables: Tables) -> None:
    for ended in (tables.broken, tables.mended):
        assert "About $0.0" in ended.said
        assert "Step Functions" in ended.said


def test_who_scores_may_write_batches_and_nothing_else(tables: Tables) -> None:
    assert tables.allowed == {act: "yes" if act == "write a chunk" else "AccessDenied" for act in tables.allowed}
