"""`handler.monitoring.observer`: every request and row is counted once, in whichever window, and written in time."""

import contextlib
import copy
import io
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from handler.monitoring.counting import count_feature, count_output
from handler.monitoring.line import WindowPart, parse_line
from handler.monitoring.observer import FEW_ROWS, WindowObserver
from handler.monitoring.window import Window, total
from handler.records.bins import CONFIDENCE, Bins, bins_digest, feature_bins, target_bins
from handler.records.signature import Feature, Target
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_rows
from handler.serving.answers.base import Output
from handler.telemetry.exchange import Exchange, Predicted
from tests.unit.handler.models import Version
from tests.unit.handler.tasks import MADE, X, task_version

FEATURES = (
    Feature("size", "number", nullable=True, quantiles=(0.0, 0.0, 1.0, 2.0)),
    Feature("any size", "number"),
    Feature("colour", "category", categories=("red", "green"), nullable=True, allow_unknown=True),
    Feature("code", "category", categories=(3, 5), nullable=True, gap="NaN"),
    Feature("old", "boolean", nullable=True),
    Feature("words", "text", nullable=True),
)
row = st.tuples(
    st.none() | st.sampled_from([-1.0, -0.0, 0.0, 0.5, 2.0, 9.0]),
    st.floats(-9, 9),
    st.none() | st.sampled_from(["red", "green", "blue"]),
    st.none() | st.sampled_from([3.0, 5.0]),
    st.none() | st.booleans(),
    st.none() | st.text(max_size=3),
)


@pytest.fixture(scope="module")
def manifest(iris_manifest: Manifest) -> Manifest:
    """Of a classification that takes every kind of feature."""
    return replace(iris_manifest, features=FEATURES, target=Target("said", ("no", "yes")))


@dataclass
class Environment:
    """An execution environment's observer, with a clock of its own and the lines that it wrote."""

    manifest: Manifest | None
    seconds: float = 60
    now: float = 1_000_000.0
    written: list[WindowPart] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.observer = WindowObserver(self.seconds, lambda: self.manifest, "s", lambda: self.now)

    def asked(self, predicted: Predicted | None = None, code: str | None = None, took: float = 0.004) -> None:
        """One request is over."""
        with contextlib.redirect_stdout(io.StringIO()) as output:
            try:
                version = self.manifest.version if self.manifest else "none"
                self.observer.observe(
                    Exchange("1", "POST", "/predict", "/predict", 200, code, took, version, predicted)
                )
            finally:
                self.written += [part for line in output.getvalue().splitlines() if (part := parse_line(line))]

    @property
    def windows(self) -> list[Window]:
        return [part.window for part in self.written]


def answered(manifest: Manifest, rows: Sequence[Sequence[Any]]) -> Predicted:
    """What the model said of `rows`: yes to each whose second value is above 0, the surer the farther."""
    values = typed_rows(rows, manifest.features) if rows else np.empty((0, len(manifest.features)), dtype=object)
    numbers = np.array([row[1] for row in rows], dtype=np.float64)
    output = Output((numbers > 0).astype(np.intp), 0.5 + np.abs(numbers) / 20)
    return Predicted(values, "[]", 0.001, {}, manifest, lambda: (output,))


def at_once(manifest: Manifest, rows: Sequence[Sequence[Any]]) -> dict[str, dict[str, dict[str, int]]]:
    """What all of `rows` are counted as, features and answers, by the function that counts a column."""
    predicted = answered(manifest, rows)
    (output,) = predicted.outputs()
    assert output.highest is not None
    target = target_bins(manifest.task, manifest.target)
    columns = zip(manifest.features, predicted.rows.T, strict=True)
    found = {
        "features": {
            feature.name: sparse(feature_bins(feature), count_feature(column, feature_bins(feature)))
            for feature, column in columns
        },
        "answers": {"said": sparse(target, count_output(output.values, target))},
        "confidence": {"said": sparse(CONFIDENCE, count_output(output.highest, CONFIDENCE))},
    }
    return {what: {name: counts for name, counts in named.items() if counts} for what, named in found.items()}


def sparse(bins: Bins, counts: NDArray[np.int64]) -> dict[str, int]:
    return {label: count for label, count in zip(bins.labels, counts.tolist(), strict=True) if count}


@given(st.data(), st.lists(row, max_size=12))
@settings(max_examples=25)
def test_however_rows_fall_to_requests_windows_and_environments_the_sum_is_the_same(
    manifest: Manifest, data: st.DataObject, rows: list[Any]
) -> None:
    environments = [Environment(manifest), Environment(manifest)]
    left = [*rows]
    while left:
        size = data.draw(st.integers(1, len(left)))
        environment = data.draw(st.sampled_from(environments))
        environment.now += data.draw(st.sampled_from([0, 1, 59, 61]))
        # Some requests are so long that they are counted by columns.
        environment.asked(answered(manifest, left[:size]))
        left = left[size:]
    for environment in environments:
        environment.now += 60
        environment.asked(code="invalid_features")
    windows = [window for environment in environments for window in environment.windows]
    found = total(data.draw(st.permutations(windows)), Window(windows[0].version, windows[0].bins))
    assert (found.rows, found.errors["invalid_features"]) == (len(rows), 2)
    assert {"features": found.features, "answers": found.answers, "confidence": found.confidence} == at_once(
        manifest, rows
    )


@given(st.lists(row, min_size=1, max_size=6))
@settings(max_examples=10)
def test_many_rows_are_counted_as_few_are(manifest: Manifest, rows: list[Any]) -> None:
    few, many = Environment(manifest), Environment(manifest)
    for each in rows:
        few.asked(answered(manifest, [each]))
        few.now += 60
    many.asked(answered(manifest, rows * (FEW_ROWS + 1)))
    once = total(few.windows, Window(manifest.version, few.windows[0].bins))
    (window,) = many.windows
    assert window.rows == once.rows * (FEW_ROWS + 1)
    for what in ("features", "answers", "confidence"):
        for name, counts in getattr(window, what).items():
            assert counts == {label: count * (FEW_ROWS + 1) for label, count in getattr(once, what)[name].items()}


@pytest.fixture(scope="module")
def versions() -> dict[str, Version]:
    return {name: task_version(name) for name in MADE}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size", [1, 150], ids=["rows by themselves", "a batch"])
def test_what_models_of_every_task_answer_is_counted_two_versions_in_one_environment(
    versions: dict[str, Version], size: int
) -> None:
    rows = X[::5] if size == 1 else X
    environment = Environment(None)
    expected: dict[str, list[dict[str, Any]]] = {}
    predictors = [version.load() for version in versions.values()]
    for start in range(0, len(rows), size):
        for predictor in predictors:
            found = predictor.ask(rows[start : start + size])
            environment.asked(
                Predicted(
                    rows[start : start + size], "[]", 0.1, {}, predictor.manifest, partial(predictor.outputs, found)
                )
            )
            expected.setdefault(predictor.manifest.version, []).extend(predictor.plain(found))
    environment.now += 60
    environment.asked()
    windows: dict[str, Window] = {}
    for window in environment.windows:
        windows[window.version] = windows[window.version].plus(window) if window.version in windows else window
    assert set(windows) == {"none", *expected}
    for predictor in predictors:
        manifest, window = predictor.manifest, windows[predictor.manifest.version]
        answers = expected[manifest.version]
        assert (window.rows, window.requests) == (len(rows), len(rows) // size)
        assert {name: sum(counts.values()) for name, counts in window.features.items()} == {
            feature.name: len(rows) for feature in manifest.features
        }
        for target in manifest.targets:
            said = [each["prediction"] for each in answers]
            if manifest.task == "several_targets":
                said = [each[target.name] for each in said]
            if manifest.task == "multilabel":
                said = [label for each in said for label in each]
            numbers = manifest.task != "outlier_detection" and not target.classes
            assert window.answers[target.name] == (
                {"any": len(rows)} if numbers else Counter(f"={each}" for each in said)
            )
            shares = [each.get("probabilities") for each in answers]
            sure = sum(window.confidence.get(target.name, {}).values())
            assert sure == (len(rows) if shares[0] is not None else 0)


def test_a_window_is_written_by_the_first_request_and_then_once_the_last_one_is_old_enough(manifest: Manifest) -> None:
    environment = Environment(manifest)
    times = [(0.0, 1), (59.9, 1), (60, 2), (119.9, 2), (500, 3), (559, 3), (560, 4)]
    for after, lines in times:
        environment.now = 1_000_000.0 + after
        environment.asked()
        assert len(environment.windows) == lines, after
    assert [window.requests for window in environment.windows] == [1, 2, 2, 2]
    assert [window.ended for window in environment.windows] == [1_000_000.0, 1_000_060.0, 1_000_500.0, 1_000_560.0]
    assert environment.windows[1].began == 1_000_059.896


def test_a_clock_that_is_set_back_writes_and_time_goes_on_from_there(manifest: Manifest) -> None:
    environment = Environment(manifest)
    environment.asked()
    for back, lines in [(50, 1), (-3600, 2), (-3550, 2), (-3540, 3)]:
        environment.now = 1_000_000.0 + back
        environment.asked()
        assert len(environment.windows) == lines
    assert [(window.began, window.ended) for window in environment.windows] == [
        (1_000_000.0 - 0.004, 1_000_000.0),
        (1_000_000.0 - 3600.004, 1_000_050.0),
        (1_000_000.0 - 3550.004, 1_000_000.0 - 3540),
    ]


def test_all_that_is_lost_with_an_environment_came_after_its_last_window(manifest: Manifest) -> None:
    environment = Environment(manifest)
    asked_at = np.random.default_rng(1).uniform(0, 1000, 200)
    for after in sorted(asked_at):
        environment.now = 1_000_000.0 + after
        environment.asked(answered(manifest, [(1.0, 1.0, "red", 3.0, True, "a")]))
    last = environment.windows[-1].ended
    assert last is not None
    assert environment.now - last < 60
    assert sum(window.requests for window in environment.windows) == sum(1_000_000.0 + asked_at <= last + 0.001)


def test_a_request_that_failed_is_counted_with_its_code_its_time_and_no_row(manifest: Manifest) -> None:
    environment = Environment(manifest)
    environment.asked(code="invalid_features", took=0.003)
    environment.now += 1
    environment.asked(answered(manifest, [(1.0, 1.0, "red", 3.0, True, "a")]), code="internal_error", took=30)
    environment.now += 60
    environment.asked(took=0.001)
    one, two = environment.windows
    assert (one.requests, one.rows, one.errors, one.latency) == (1, 0, {"invalid_features": 1}, {"5": 1})
    assert (two.requests, two.rows, two.errors, two.latency) == (2, 0, {"internal_error": 1}, {"more": 1, "1": 1})
    assert (one.features, two.features, two.answers) == ({}, {}, {})
    assert (
        one.bins
        == two.bins
        == bins_digest(
            [feature_bins(feature) for feature in FEATURES], [target_bins("classification", manifest.target)]
        )
    )


def test_times_fall_into_the_bin_that_is_named_by_their_upper_edge(manifest: Manifest) -> None:
    environment = Environment(manifest)
    for took in (0.0, 0.001, 0.001001, 0.005, 0.005001, 10.0, 10.001):
        environment.asked(took=took)
        environment.now += 60
    met = [next(iter(window.latency)) for window in environment.windows]
    assert met == ["1", "1", "2", "5", "10", "10000", "more"]


def test_a_version_that_is_asked_no_more_takes_no_memory(manifest: Manifest) -> None:
    environment = Environment(manifest)
    for number in range(20):
        environment.manifest = replace(manifest, version=f"20260131T2359{number:02d}Z-0123abcd")
        environment.asked()
        environment.now += 60
    assert len(environment.windows) == 20
    assert len(environment.observer._tallies) <= 2


def test_what_comes_before_there_is_a_model_is_counted_of_no_version(manifest: Manifest) -> None:
    environment = Environment(None)
    environment.asked(code="alias_not_set")
    environment.now += 30
    environment.asked(code="alias_not_set")
    environment.manifest = manifest
    environment.now += 30
    environment.asked()
    none, more, some = environment.windows
    assert (none.version, none.bins, none.errors) == ("none", bins_digest((), ()), {"alias_not_set": 1})
    assert (more.version, some.version) == ("none", manifest.version)
    environment.now += 60
    environment.asked()
    assert [window.version for window in environment.windows[3:]] == [manifest.version]


def test_rows_that_cannot_be_counted_are_left_out_whole_and_spoil_no_window(manifest: Manifest) -> None:
    good = answered(manifest, [(1.0, 1.0, "red", 3.0, True, "a")])

    def broken() -> tuple[Output, ...]:
        raise ZeroDivisionError

    environment = Environment(manifest)
    with pytest.raises(ZeroDivisionError):
        environment.asked(replace(good, outputs=broken))
    environment.asked(good)
    for rows in (good.rows[:, :-1], np.repeat(good.rows[:, :-1], 2 * FEW_ROWS, axis=0)):
        with pytest.raises((ValueError, IndexError)):
            environment.asked(replace(good, rows=rows))
    environment.now += 60
    environment.asked(good)
    first, second = environment.windows
    assert (first.requests, first.rows, first.features) == (1, 0, {})
    assert (second.requests, second.rows) == (4, 2)
    assert {sum(counts.values()) for counts in (*second.features.values(), *second.answers.values())} == {2}


def test_every_window_has_an_id_of_its_own_and_every_environment_even_of_one_snapshot(manifest: Manifest) -> None:
    times = itertools.count(60, 60)
    snapshot = WindowObserver(60, lambda: manifest, "s", lambda: next(times))
    ids: list[tuple[str, str]] = []
    for _ in range(3):
        environment = Environment(manifest)
        environment.observer = copy.deepcopy(snapshot)
        for _ in range(3):
            environment.asked()
        assert len({part.process for part in environment.written}) == 1
        ids += [(part.process, part.window_id) for part in environment.written]
    assert len({process for process, _ in ids}) == 3
    assert len({window_id for _, window_id in ids}) == 9
