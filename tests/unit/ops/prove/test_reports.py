"""The figures come from Lambda's REPORT line, and from no other line that looks like it."""

import pytest

from ops.prove.claims.function.reports import init_milliseconds, restore_milliseconds

COLD = (
    "START RequestId: 8f507cfc Version: 3\nEND RequestId: 8f507cfc\n"
    "REPORT RequestId: 8f507cfc\tDuration: 15.22 ms\tBilled Duration: 812 ms\tMemory Size: 1769 MB\t"
    "Max Memory Used: 210 MB\tInit Duration: 795.83 ms\t\nXRAY TraceId: 1-5e\tSegmentId: 5a\tSampled: true\n"
)
WARM = COLD.replace("Init Duration: 795.83 ms\t", "")
RESTORED = COLD.replace("Init Duration: 795.83 ms", "Restore Duration: 312.4 ms\tBilled Restore Duration: 100 ms")


@pytest.mark.parametrize(
    ("log", "init", "restore"), [(COLD, 795.83, None), (WARM, None, None), (RESTORED, None, 312.4)]
)
def test_a_start_is_known_by_its_report_line(log: str, init: float | None, restore: float | None) -> None:
    assert init_milliseconds(log) == init
    assert restore_milliseconds(log) == restore


def test_what_a_function_logs_is_no_report() -> None:
    assert init_milliseconds('{"message": "REPORT Init Duration: 1 ms"}\n') is None
