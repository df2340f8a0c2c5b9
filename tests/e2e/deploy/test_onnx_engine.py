"""A deploy gives a stack ONNX Runtime in scikit-learn's place, and everything goes on."""

import pytest

from ops import stack
from tests.e2e.deploy.change_of_engine import ALIAS, NOT_HTTP, OnOnnx
from tests.e2e.deploy.stages import NEW_CODE, HeldBack, Released
from tests.events_expected import EXPECTED


def test_a_package_of_another_engine_than_the_stack_would_have_is_not_deployed(on_onnx: OnOnnx) -> None:
    assert "the stack would have Engine=onnx: build it for that, with `make sam-build ENGINE=onnx`" in (
        on_onnx.package_refused
    )


def test_onnx_is_not_deployed_where_the_alias_names_a_version_without_a_twin(on_onnx: OnOnnx) -> None:
    said = on_onnx.deploy_refused
    assert f"{ALIAS!r} names {on_onnx.without_twin}, which this package could not serve: " in said
    assert "promote it before this deploy:" in said
    assert "deploy a function with Engine=sklearn" in said


def test_the_engine_goes_live_through_the_alias_and_answers_with_the_twin(on_onnx: OnOnnx, held_back: HeldBack) -> None:
    assert int(on_onnx.live_after) > int(on_onnx.live_before)
    answer = on_onnx.first
    assert (answer.status, answer.body["prediction"]) == (200, "versicolor"), answer.body
    assert answer.body["model"]["version"] == held_back.version
    assert on_onnx.engine == "onnx"


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - NOT_HTTP))
def test_an_event_gets_its_stated_answer_over_http(name: str, on_onnx: OnOnnx) -> None:
    expected, answer = EXPECTED[name], on_onnx.events[name]
    code = NEW_CODE if expected.code == "unknown_path" else expected.code
    assert (answer.status, answer.body.get("code")) == (expected.status, code)
    if expected.predictions:
        rows = answer.body.get("predictions", [answer.body])
        assert tuple(row["prediction"] for row in rows) == expected.predictions


def test_a_version_without_a_twin_is_not_promoted_to_it(on_onnx: OnOnnx) -> None:
    said = on_onnx.promotion_refused
    assert f"{on_onnx.without_twin} was not promoted to {ALIAS!r}" in said
    assert f"{stack.NAME!r}" in said


def test_it_follows_the_next_release_by_its_twin_too(on_onnx: OnOnnx, released: Released) -> None:
    answer = on_onnx.following
    assert answer.status == 200, answer.body
    assert answer.body["model"]["version"] == released.version
    assert answer.body["model"]["sha256"] == on_onnx.digest


def test_what_the_function_with_onnx_logs_is_lines_of_json_without_errors(on_onnx: OnOnnx) -> None:
    assert on_onnx.logged
    assert [line for line in on_onnx.logged if line.startswith(("{", "START", "END", "REPORT"))] == on_onnx.logged
    assert not [line for line in on_onnx.logged if "Traceback" in line or '"level":"ERROR"' in line]
