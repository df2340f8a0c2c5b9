"""Hypothesis strategies for windows."""

from hypothesis import strategies as st

from handler.monitoring.window import LATENCY_LABELS, Window

numbers = st.integers(1, 10**9)
counts = st.dictionaries(st.text(max_size=6), numbers, min_size=1, max_size=4)
by_name = st.dictionaries(st.text(max_size=6), counts, max_size=3)
VERSION, BINS = "20260131T235959Z-0123abcd", "0123456789abcdef"


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any window of VERSION in BINS, empty ones among them."""
    if draw(st.integers(0, 5)) == 0:
        return Window(VERSION, BINS)
    began = draw(st.floats(0, 4e9))
    return Window(
        VERSION,
        BINS,
        began,
        began + draw(st.floats(0, 1e5)),
        draw(numbers),
        draw(numbers),
        draw(st.dictionaries(st.sampled_from(["invalid_features", "internal_error"]), numbers)),
        draw(st.dictionaries(st.sampled_from(LATENCY_LABELS), numbers, max_size=3)),
        draw(by_name),
        draw(by_name),
        draw(by_name),
    )
