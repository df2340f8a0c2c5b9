"""Hypothesis strategies for valid manifests: every field, every kind of value that JSON can hold in it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from handler.records.bins import CONFIDENCE, Bins, feature_bins, target_bins
from handler.records.signature import Domain, Example, Feature, Target, Task, Value
from handler.registry.manifest import ArtifactFile, DriftRule, Manifest, Training, version_of

numbers = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(max_size=12)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
moments = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
artifact_files = st.builds(
    ArtifactFile,
    file=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    bytes=st.integers(0, 2**40),
    sha256=digests,
)
domains = st.builds(
    Domain,
    values=st.lists(numbers, max_size=3).map(tuple),
    minimum=st.none() | numbers,
    exclusive_minimum=st.none() | numbers,
    maximum=st.none() | numbers,
    exclusive_maximum=st.none() | numbers,
)
number_features = st.builds(
    Feature,
    name=words,
    kind=st.just("number"),
    nullable=st.booleans(),
    minimum=st.none() | numbers,
    maximum=st.none() | numbers,
    mean=st.none() | numbers,
    std=st.none() | numbers,
    quantiles=st.lists(numbers, max_size=11).map(tuple),
    typical=st.none() | numbers,
    domain=st.none() | domains,
)
category_features = st.builds(
    Feature,
    name=words,
    kind=st.just("category"),
    nullable=st.booleans(),
    categories=st.lists(words, min_size=1, max_size=4, unique=True).map(tuple),
    allow_unknown=st.booleans(),
    typical=st.none() | words,
    gap=st.sampled_from(["None", "NaN"]),
)
code_features = st.builds(
    Feature,
    name=words,
    kind=st.just("category"),
    nullable=st.booleans(),
    categories=st.lists(st.integers(-(2**53), 2**53), min_size=1, max_size=4, unique=True).map(tuple),
    allow_unknown=st.booleans(),
    typical=st.none() | st.integers(-(2**53), 2**53).map(float),
    gap=st.sampled_from(["None", "NaN"]),
)
boolean_features = st.builds(
    Feature,
    name=words,
    kind=st.just("boolean"),
    nullable=st.booleans(),
    typical=st.none() | st.booleans(),
    gap=st.sampled_from(["None", "NaN"]),
)
text_features = st.builds(
    Feature,
    name=words,
    kind=st.just("text"),
    nullable=st.booleans(),
    gap=st.sampled_from(["None", "NaN"]),
    max_length=st.none() | st.integers(0, 10**6),
)


def counts_in(bins: Bins) -> st.SearchStrategy[tuple[int, ...]]:
    """No counts, or one for each of `bins`."""
    each = st.lists(st.integers(0, 2**53), min_size=len(bins.labels), max_size=len(bins.labels)).map(tuple)
    return st.just(()) | each


def with_counts(feature: Feature) -> st.SearchStrategy[Feature]:
    """The feature with any counts that its bins can have."""
    return counts_in(feature_bins(feature)).map(lambda counts: replace(feature, counts=counts))


features = st.one_of(number_features, category_features, code_features, boolean_features, text_features).flatmap(
    with_counts
)
drift_rules = st.builds(
    DriftRule, alpha=st.floats(0, 1, exclude_min=True, exclude_max=True), floor=st.floats(0, allow_infinity=False)
)
trainings = st.builds(
    Training,
    dataset=words,
    dataset_sha256=digests,
    rows=st.integers(0, 10**9),
    estimator=words,
    parameters=st.dictionaries(words, json_values, max_size=4),
    seed=st.none() | st.integers(),
    git_commit=st.none() | words,
    fitted_rows=st.none() | st.integers(0, 10**9),
)


@st.composite
def targets_and_examples(draw: st.DrawFn, task: Task, features: tuple[Feature, ...]) -> tuple[Target, list[Example]]:
    """A target of `task` with examples that fit it and `features`, at least one."""
    values: st.SearchStrategy[Value] = st.none() | numbers | words | st.booleans()
    rows = draw(st.lists(st.tuples(*[values for _ in features]), min_size=1, max_size=3))
    if task == "regression":
        quantiles = draw(st.lists(numbers, max_size=11).map(tuple))
        target = Target(draw(words), spread=draw(st.none() | numbers), quantiles=quantiles)
        answers = draw(counts_in(target_bins(task, target)))
        return replace(target, answers=answers), [Example(row, draw(numbers)) for row in rows]
    classes = tuple(draw(st.lists(words, min_size=2, max_size=4, unique=True)))
    shares = st.none() | st.fixed_dictionaries(dict.fromkeys(classes, numbers))
    indexes = [draw(st.integers(0, len(classes) - 1)) for _ in rows]
    examples = [Example(row, classes[index], index, draw(shares)) for row, index in zip(rows, indexes, strict=True)]
    target = Target(draw(words), classes, confidence=draw(counts_in(CONFIDENCE)))
    return replace(target, answers=draw(counts_in(target_bins(task, target)))), examples


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """Any manifest that this code writes or reads."""
    task: Task = draw(st.sampled_from(["classification", "regression"]))
    described = tuple(draw(st.lists(features, min_size=1, max_size=4, unique_by=lambda feature: feature.name)))
    target, examples = draw(targets_and_examples(task, described))
    artifact, form = draw(artifact_files), draw(st.sampled_from(["joblib", "onnx"]))
    created_at = draw(moments)
    return Manifest(
        name=draw(words),
        version=version_of(created_at, artifact.sha256),
        created_at=created_at.isoformat(),
        task=task,
        artifacts=draw(st.dictionaries(words, artifact_files, max_size=2)) | {form: artifact},
        features=described,
        target=target,
        metrics=draw(st.dictionaries(words, numbers, max_size=3)),
        runtime=draw(st.dictionaries(words, words, max_size=3)),
        training=draw(trainings),
        example=examples[0],
        more_examples=tuple(examples[1:]),
        drift=draw(st.none() | drift_rules),
    )
