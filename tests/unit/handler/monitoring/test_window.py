"""`handler.monitoring.window`: adding is a law, and only what was counted alike is added."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.monitoring.window import OtherBins, Window, total
from tests.unit.handler.monitoring.windows import BINS, VERSION, windows

EMPTY = Window(VERSION, BINS)


@given(windows(), windows(), windows())
@settings(max_examples=30)
def test_neither_order_nor_grouping_of_windows_makes_a_difference(one: Window, two: Window, three: Window) -> None:
    assert one.plus(two) == two.plus(one)
    assert one.plus(two).plus(three) == one.plus(two.plus(three))


@given(windows())
@settings(max_examples=20)
def test_an_empty_window_adds_nothing(window: Window) -> None:
    assert window.plus(EMPTY) == EMPTY.plus(window) == window


@given(st.lists(windows(), max_size=4))
@settings(max_examples=20)
def test_a_total_has_every_count_once(several: list[Window]) -> None:
    whole = total(several, EMPTY)
    assert whole.requests == sum(window.requests for window in several)
    assert sum(whole.latency.values()) == sum(sum(window.latency.values()) for window in several)
    for name in whole.features:
        for label, count in whole.features[name].items():
            assert count == sum(window.features.get(name, {}).get(label, 0) for window in several)
    assert whole == total(several[::-1], EMPTY)


@pytest.mark.parametrize(
    "other",
    [replace(EMPTY, version="20270131T235959Z-0123abcd"), replace(EMPTY, bins="f" * 16)],
    ids=["version", "bins"],
)
def test_a_window_of_other_bins_or_of_another_version_is_refused(other: Window) -> None:
    with pytest.raises(OtherBins, match="Take the windows of one version alone") as refused:
        EMPTY.plus(other)
    assert BINS in str(refused.value)
    with pytest.raises(OtherBins):
        total([EMPTY, other], EMPTY)
