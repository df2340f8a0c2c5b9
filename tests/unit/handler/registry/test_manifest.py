"""`handler.registry.manifest`: the round trip is a law, and what breaks a rule is refused by name."""

import json
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from handler.errors.model import InvalidManifest, UnknownManifestFormat
from handler.records.bins import feature_bins
from handler.records.signature import Domain, Example, Feature, Target
from handler.registry.manifest import (
    ArtifactFile,
    DriftRule,
    Manifest,
    Parity,
    Training,
    is_digest,
    is_version,
    sha256,
    version_of,
)
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION
from tests.older_manifests import before_counts
from tests.unit.handler.manifests import manifests

Document = dict[str, Any]

RECORDS: dict[str, tuple[type, Callable[[Document], Document]]] = {
    "": (Manifest, lambda document: document),
    "artifacts.joblib": (ArtifactFile, lambda document: document["artifacts"]["joblib"]),
    "features[2]": (Feature, lambda document: document["features"][2]),
    "target": (Target, lambda document: document["target"]),
    "training": (Training, lambda document: document["training"]),
    "example": (Example, lambda document: document["example"]),
    "drift": (DriftRule, lambda document: document["drift"]),
}
"""Each record of a manifest: its place, its type, and the way to it in a document."""

FIELDS = [(place, field) for place, (cls, _) in RECORDS.items() for field in fields(cls)]


@pytest.fixture
def document(iris_manifest: Manifest) -> Document:
    """A sound manifest as JSON, to be spoilt."""
    parsed: Document = json.loads(replace(iris_manifest, drift=DriftRule(alpha=0.02)).to_json())
    return parsed | {"format_version": MANIFEST_FORMAT_VERSION}


def refusal(document: object) -> str:
    """Why the document is no manifest."""
    with pytest.raises(InvalidManifest) as caught:
        Manifest.from_json(json.dumps(document))
    return str(caught.value)


@given(manifests())
def test_a_manifest_comes_back_unchanged_from_its_json(manifest: Manifest) -> None:
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert Manifest.from_json(manifest.to_json().encode()) == manifest


@given(manifests())
def test_the_json_of_a_manifest_is_written_again_as_it_was(manifest: Manifest) -> None:
    assert Manifest.from_json(manifest.to_json()).to_json() == manifest.to_json()


def test_a_trained_manifest_comes_back_unchanged(iris_manifest: Manifest) -> None:
    assert Manifest.from_json(iris_manifest.to_json()) == iris_manifest


@pytest.mark.parametrize("written", [-1, 0, 6, 99])
def test_an_unknown_format_is_told_from_an_invalid_manifest_whatever_else_is_in_it(written: int) -> None:
    with pytest.raises(UnknownManifestFormat, match=rf"format {written}, this code reads formats 1 to 5"):
        Manifest.from_json(json.dumps({"format_version": written, "of_the_future": True}))


@pytest.mark.parametrize("written", [True, "1", 1.0, None, [1]])
def test_a_format_that_is_no_number_is_an_invalid_manifest(document: Document, written: object) -> None:
    assert "format_version must be a whole number" in refusal(document | {"format_version": written})


def test_what_format_2_can_say_is_written_in_it(iris_manifest: Manifest) -> None:
    assert MANIFEST_FORMAT_VERSION == 5
    before = before_counts(iris_manifest)
    assert (iris_manifest.format_version, before.format_version) == (5, 2)
    assert json.loads(before.to_json())["format_version"] == 2


@pytest.mark.parametrize(
    ("place", "name"),
    [(place, field.name) for place, field in FIELDS if field.default is MISSING],
)
def test_each_missing_field_is_named_with_its_place(document: Document, place: str, name: str) -> None:
    del RECORDS[place][1](document)[name]
    assert f"{place or 'the document'} lacks the field '{name}'" in refusal(document)


@pytest.mark.parametrize("place", list(RECORDS))
def test_each_extra_field_is_named_with_its_place(document: Document, place: str) -> None:
    RECORDS[place][1](document)["surprise"] = 1
    assert f"{place or 'the document'} has an unknown field 'surprise'" in refusal(document)


@pytest.mark.parametrize(("place", "name"), [(place, field.name) for place, field in FIELDS])
def test_each_mistyped_field_is_named_with_its_place(document: Document, place: str, name: str) -> None:
    RECORDS[place][1](document)[name] = (
        "yes" if name in ("nullable", "allow_unknown") else [True] if name == "typical" else True
    )
    assert f"{place}.{name}".lstrip(".") + " must be " in refusal(document)


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda document: document["metrics"].update(accuracy="high"), "metrics.accuracy"),
        (lambda document: document["runtime"].update(numpy=2), "runtime.numpy"),
        (lambda document: document["artifacts"].update(onnx="model.onnx"), "artifacts.onnx"),
        (lambda document: document["artifacts"]["joblib"].update(bytes=1.0), "artifacts.joblib.bytes"),
        (lambda document: document["features"].append("petal"), "features[4]"),
        (lambda document: document["features"][1]["quantiles"].insert(3, None), "features[1].quantiles[3]"),
        (lambda document: document["features"][0].update(kind="date"), "features[0].kind"),
        (lambda document: document["target"]["classes"].append(3), "target.classes[3]"),
        (lambda document: document["example"]["features"].insert(1, [1.0]), "example.features[1]"),
        (lambda document: document["example"]["probabilities"].update(setosa="0"), "example.probabilities.setosa"),
        (lambda document: document.update(task="ranking"), "task"),
    ],
)
def test_each_mistyped_item_is_named_with_its_place(
    document: Document, spoil: Callable[[Document], None], place: str
) -> None:
    spoil(document)
    assert f"{place} must be " in refusal(document)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_constant_that_is_not_json_is_refused(document: Document, constant: str) -> None:
    document["metrics"]["accuracy"] = float(constant.lower())
    assert f"{constant} is not JSON" in refusal(document)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\xff", b"\x80\x04.", b"[" * 100_000, b"null", b"[]", b'"iris"'])
def test_bytes_that_hold_no_manifest_are_an_invalid_manifest(data: bytes) -> None:
    with pytest.raises(InvalidManifest):
        Manifest.from_json(data)


@pytest.mark.parametrize(
    "file",
    [
        "../model.joblib",
        "..",
        ".",
        "",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "..\\b",
        ".hidden",
        "model.joblib\n",
        "model.joblib\x00",
        "~root",
        "Model.joblib",
        "mödel.joblib",
        "a b",
        "c:model",
    ],
)
def test_a_file_name_that_could_leave_its_folder_is_refused(document: Document, file: str) -> None:
    document["artifacts"]["joblib"]["file"] = file
    assert "each artifact's file must be a plain file name" in refusal(document)
    document["artifacts"]["joblib"]["file"] = "model.joblib"
    document["artifacts"]["onnx"] = document["artifacts"]["joblib"] | {"file": file}
    assert "each artifact's file must be a plain file name" in refusal(document)


BAD_VERSIONS = [
    "",
    "../20260131T235959Z-0123abcd",
    "20260131T235959Z-0123abcd/..",
    "20260131T235959Z-0123abcd\n",
    "20260131T235959Z-0123ABCD",
    "20260131T235959Z-0123abc",
    "20260131T235959Z-0123abcde",
    "20260131T235959-0123abcd",
    "2026-01-31T23:59:59Z-0123abcd",
    "..",
    "latest",
]


@pytest.mark.parametrize("version", BAD_VERSIONS)
def test_a_version_that_could_leave_its_folder_is_refused(document: Document, version: str) -> None:
    assert not is_version(version)
    assert "version must look like 20260131T235959Z-0123abcd" in refusal(document | {"version": version})


def _without_categories(document: Document) -> None:
    document["features"][0] |= {"kind": "category", "categories": []}


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda document: document["artifacts"].clear(), "artifacts must not be empty"),
        (lambda document: document["artifacts"]["joblib"].update(sha256="AB" * 32), "64 lower-case hex digits"),
        (lambda document: document["artifacts"]["joblib"].update(sha256="ab" * 31), "64 lower-case hex digits"),
        (lambda document: document.update(features=[]), "features must not be empty"),
        (lambda document: document["features"][1].update(name="sepal length (cm)"), "features must have different"),
        (_without_categories, "must list its categories"),
        (lambda document: document["target"].update(classes=[]), "must name its classes, at least two"),
        (lambda document: document["target"].update(classes=["one"]), "must name its classes, at least two"),
        (lambda document: document["target"].update(classes=["a", "b", "a"]), "all different"),
        (lambda document: document["example"]["features"].append(1.0), "one value for each feature"),
        (lambda document: document["example"].update(prediction_index=3), "a prediction of the target's kind"),
        (lambda document: document["example"].update(prediction_index=-3), "a prediction of the target's kind"),
        (lambda document: document["example"].update(prediction_index=None), "a prediction of the target's kind"),
        (lambda document: document["example"].update(prediction="rose"), "a prediction of the target's kind"),
        (lambda document: document.update(task="regression"), "a prediction of the target's kind"),
    ],
)
def test_fields_that_make_no_sense_together_break_a_rule_that_is_told(
    document: Document, spoil: Callable[[Document], None], rule: str
) -> None:
    spoil(document)
    told = refusal(document)
    assert told.startswith("The manifest breaks a rule: ")
    assert rule in told


def test_a_version_sorts_by_its_moment_in_utc_and_names_its_artifact() -> None:
    digest = sha256(b"artifact")
    east = datetime(2026, 2, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert version_of(east, digest) == f"20260131T233000Z-{digest[:8]}"
    assert version_of(east, digest) < version_of(datetime(2026, 2, 1, tzinfo=UTC), digest)
    assert is_version(version_of(east, digest))


def test_a_digest_is_the_sha_256_in_lower_case_hex() -> None:
    # The first test vector of FIPS 180-2, appendix B.1.
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert is_digest(sha256(b"abc"))
    assert not is_digest(sha256(b"abc").upper())
    assert not is_digest(sha256(b"abc") + "\n")


def test_the_fields_in_json_are_those_of_the_record(iris_manifest: Manifest) -> None:
    file = replace(iris_manifest.artifact, input="float32")
    files = {**iris_manifest.artifacts, "onnx": file}
    newest = replace(iris_manifest, artifacts=files, drift=DriftRule(floor=0.2))
    fields_of = {"format_version": MANIFEST_FORMAT_VERSION, **asdict(newest)}
    assert json.loads(newest.to_json()) == json.loads(json.dumps(fields_of))


FORMAT_1 = Path(__file__).parent / "format_1"


@pytest.mark.parametrize("name", ["iris.json", "churn.json"])
def test_a_manifest_of_format_1_is_read_and_written_again_byte_for_byte(name: str) -> None:
    text = (FORMAT_1 / name).read_text(encoding="utf-8")
    manifest = Manifest.from_json(text)
    assert manifest.format_version == 1
    assert (manifest.examples, manifest.target.spread) == ((manifest.example,), None)
    assert manifest.to_json() == text


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: {"more_examples": (manifest.example,)},
        lambda manifest: {"target": replace(manifest.target, spread=1.0)},
        lambda manifest: {"features": (replace(manifest.features[0], typical=1.0), *manifest.features[1:])},
        lambda manifest: {"features": (replace(manifest.features[0], domain=Domain((1.0,))), *manifest.features[1:])},
    ],
    ids=["more examples", "spread", "typical", "domain"],
)
def test_a_manifest_is_of_the_oldest_format_that_can_say_it(change: Callable[[Manifest], dict[str, Any]]) -> None:
    before = Manifest.from_json((FORMAT_1 / "iris.json").read_bytes())
    after = replace(before, **change(before))
    assert (before.format_version, after.format_version) == (1, 2)
    assert json.loads(after.to_json())["format_version"] == 2
    assert Manifest.from_json(after.to_json()) == after


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda document: document.update(more_examples=[]), "the document has an unknown field 'more_examples'"),
        (lambda document: document["target"].update(spread=None), "target has an unknown field 'spread'"),
        (lambda document: document["features"][1].update(typical=None), "features[1] has an unknown field 'typical'"),
    ],
)
def test_a_manifest_of_format_1_has_no_field_of_format_2(spoil: Callable[[Document], None], place: str) -> None:
    document = json.loads((FORMAT_1 / "iris.json").read_text(encoding="utf-8"))
    spoil(document)
    assert place in refusal(document)


FORMAT_2 = Path(__file__).parent / "format_2"


@pytest.mark.parametrize("name", ["iris.json", "diabetes.json"])
def test_a_manifest_of_format_2_is_read_and_written_again_byte_for_byte(name: str) -> None:
    text = (FORMAT_2 / name).read_text(encoding="utf-8")
    manifest = Manifest.from_json(text)
    assert manifest.format_version == 2
    assert manifest.to_json() == text


def _first_feature(manifest: Manifest, **values: Any) -> dict[str, Any]:
    return {"features": (replace(manifest.features[0], **values), *manifest.features[1:])}


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: _first_feature(manifest, kind="boolean"),
        lambda manifest: _first_feature(manifest, kind="text", max_length=100),
        lambda manifest: _first_feature(manifest, kind="category", categories=(1, 2)),
        lambda manifest: _first_feature(manifest, kind="category", categories=("a",), gap="NaN"),
        lambda manifest: {"artifacts": manifest.artifacts | {"code": manifest.artifact}},
        lambda manifest: {"example": replace(manifest.example, scores={"setosa": 1.0})},
    ],
    ids=["boolean", "text", "codes", "gap", "code", "scores"],
)
def test_what_came_with_format_3_is_written_in_it_and_refused_in_format_2(
    change: Callable[[Manifest], dict[str, Any]],
) -> None:
    before = Manifest.from_json((FORMAT_2 / "iris.json").read_bytes())
    after = replace(before, **change(before))
    assert after.format_version == 3
    assert Manifest.from_json(after.to_json()) == after
    assert "came with format 3" in refusal(json.loads(after.to_json()) | {"format_version": 2})


FORMAT_3 = Path(__file__).parent / "format_3"


@pytest.mark.parametrize("name", ["scores.json", "targets.json"])
def test_a_manifest_of_format_3_is_read_and_written_again_byte_for_byte(name: str) -> None:
    text = (FORMAT_3 / name).read_text(encoding="utf-8")
    manifest = Manifest.from_json(text)
    assert manifest.format_version == 3
    assert manifest.to_json() == text


@pytest.mark.parametrize("said", [{"input": "strings"}, {"parity": Parity(2500, 40, 1e-7, 1e-5, 0)}])
def test_what_came_with_format_4_is_written_in_it_and_refused_in_format_3(said: dict[str, Any]) -> None:
    before = Manifest.from_json((FORMAT_3 / "scores.json").read_bytes())
    twin = ArtifactFile("model.onnx", 10, "ab" * 32, **said)
    after = replace(before, artifacts={**before.artifacts, "onnx": twin})
    assert after.format_version == 4
    assert Manifest.from_json(after.to_json()) == after
    assert "came with format 4" in refusal(json.loads(after.to_json()) | {"format_version": 3})


FORMAT_4 = Path(__file__).parent / "format_4"


def test_a_manifest_of_format_4_is_read_and_written_again_byte_for_byte() -> None:
    text = (FORMAT_4 / "twin.json").read_text(encoding="utf-8")
    manifest = Manifest.from_json(text)
    assert manifest.format_version == 4
    assert manifest.to_json() == text


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: _first_feature(manifest, counts=tuple(range(len(feature_bins(manifest.features[0]).labels)))),
        lambda manifest: {"target": replace(manifest.target, answers=(5, 6, 7, 0))},
        lambda manifest: {"target": replace(manifest.target, confidence=(0,) * 9 + (11,))},
        lambda manifest: {"training": replace(manifest.training, fitted_rows=10)},
        lambda _: {"drift": DriftRule(floor=0.2)},
    ],
    ids=["counts", "answers", "confidence", "fitted_rows", "drift"],
)
def test_what_came_with_format_5_is_written_in_it_and_refused_in_format_4(
    change: Callable[[Manifest], dict[str, Any]],
) -> None:
    before = Manifest.from_json((FORMAT_4 / "twin.json").read_bytes())
    after = replace(before, **change(before))
    assert after.format_version == 5
    assert Manifest.from_json(after.to_json()) == after
    assert "came with format 5" in refusal(json.loads(after.to_json()) | {"format_version": 4})


def test_every_example_is_held_to_the_rules(document: Document) -> None:
    document["more_examples"][1]["prediction"] = "rose"
    assert "each example must have a prediction of the target's kind" in refusal(document)
    document["more_examples"][1]["features"] = [1.0]
    assert "each example's features must have one value for each feature" in refusal(document)
