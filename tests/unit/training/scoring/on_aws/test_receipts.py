"""A receipt counts for the very chunk and version that it names, and for nothing else."""

import dataclasses
import json
from typing import Any

import pytest

from handler.scoring.chunk import Item
from training.scoring.on_aws.cost import Cost
from training.scoring.on_aws.receipts import RemoteReceipt, receipt_of

ITEM = Item("batches/1/chunks/a.jsonl.gz", "a" * 64, "part", "refused", "receipt", "v1", "b" * 64)
WRITTEN = {
    **{"input": {"chunk": ITEM.chunk, "sha256": ITEM.sha256}, "version": "v1", "manifest_sha256": "b" * 64},
    **{"rows": 20, "refused": 3, "seconds": 1.5, "memory_mb": 2048},
    "files": {"part": {"sha256": "d" * 64}, "refused": {"sha256": "e" * 64}},
}


def test_the_receipt_of_the_chunk_is_read() -> None:
    receipt = receipt_of(json.dumps(WRITTEN).encode(), ITEM)
    assert receipt == RemoteReceipt(20, 3, 1.5, 2048, "d" * 64, "e" * 64)
    assert receipt is not None
    assert receipt.gb_seconds == 3.0


@pytest.mark.parametrize(
    "changed", [{"sha256": "c" * 64}, {"chunk": "other"}, {"version": "v2"}, {"manifest_sha256": ""}]
)
def test_a_receipt_of_anything_else_is_none(changed: dict[str, str]) -> None:
    assert receipt_of(json.dumps(WRITTEN).encode(), dataclasses.replace(ITEM, **changed)) is None


@pytest.mark.parametrize("data", [None, b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"input": 3}'])
def test_what_is_no_receipt_is_none(data: bytes | None) -> None:
    assert receipt_of(data, ITEM) is None


@pytest.mark.parametrize("missing", [*WRITTEN])
def test_a_receipt_without_one_of_its_fields_is_none(missing: str) -> None:
    rest: dict[str, Any] = {name: value for name, value in WRITTEN.items() if name != missing}
    assert receipt_of(json.dumps(rest).encode(), ITEM) is None


def test_a_run_costs_what_its_functions_states_and_requests_do() -> None:
    cost = Cost.of(gb_seconds=600_000, chunks=1_000_000, requests={"write": 1_000_000, "read": 1_000_000})
    assert cost.function == pytest.approx(10.00 + 0.20, abs=0.01)
    assert cost.state_machine == pytest.approx(50.00, abs=0.01)
    assert cost.storage == pytest.approx(4 * 5.00 + 3 * 0.40, abs=0.01)
    assert f"About ${cost.total:.4f}" in cost.sentence()
    nothing = Cost.of(0, 0, {})
    assert nothing.total == 0
