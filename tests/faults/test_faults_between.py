"""Each fault of the network or of S3: a held model goes on answering; with none held, a 503 says why."""

import time
from collections.abc import Callable

import pytest

from handler.registry.s3.client import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from handler.serving.holder import REFRESH_WAIT_SECONDS
from tests.faults.proxy import FAULTS, Proxy
from tests.faults.releases import BODY, Forms, everything, put_numbered, swap
from tests.unit.handler.asking import Answer, ask, open_application, predict_event
from training.release.stores.schemes import open_writable_store

CODES = {"registry_unreachable", "registry_access_denied", "registry_not_found", "alias_not_set", "invalid_alias"}
REFUSALS = CODES | {"manifest_missing", "manifest_mismatch", "artifact_missing", "artifact_digest_mismatch"}
SLACK = 1.0
"""Seconds that a busy machine may add."""


def timed(asked: Callable[[], Answer]) -> tuple[Answer, float]:
    began = time.monotonic()
    return asked(), time.monotonic() - began


# A port refuses all or nothing: the case of aliases/ has it.
CASES = [(fault, where) for fault in FAULTS for where in ("aliases/", "versions/")]
CASES.remove(("refuses", "versions/"))
# The faults between which an engine's file arrives half, changed or not at all, for the other engine.
CASES += [(fault, "model.onnx") for fault in ("truncates", "flips a byte", "flips, no checksum", "404 NoSuchKey")]


@pytest.mark.parametrize(("fault", "where"), CASES)
def test_a_held_model_answers_through_any_fault_and_is_followed_by_the_next_once_it_is_over(
    fault: str, where: str, proxy: Proxy, model_uri: str, s3_url: str, record: Callable[..., None]
) -> None:
    store = open_writable_store(model_uri)
    forms: Forms = "onnx" if where == "model.onnx" else "joblib"
    first, second = (put_numbered(model_uri, number, forms=forms) for number in (1, 2))
    swap(store, first)
    held = open_application(MODEL_URI=model_uri, MODEL_REFRESH_SECONDS="1")
    assert ask(held, predict_event(BODY)).body["prediction"] == 1.0
    swap(store, second)
    before = everything(model_uri, s3_url)
    proxy.break_with(fault, where)

    cold = open_application(MODEL_URI=model_uri)
    refusal, cold_seconds = timed(lambda: ask(cold, predict_event(BODY)))
    time.sleep(max(0.0, 1.05 - cold_seconds))
    answers = [timed(lambda: ask(held, predict_event(BODY))) for _ in range(3)]
    slowest = max(seconds for _, seconds in answers)

    assert refusal.status == 503
    assert refusal.body["code"] in REFUSALS
    assert int(refusal.headers["retry-after"]) >= 1
    assert cold_seconds < 3 * ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS)
    for answer, seconds in answers:
        assert (answer.status, answer.body["prediction"], answer.headers["x-model-version"]) == (200, 1.0, first)
        assert seconds < REFRESH_WAIT_SECONDS + SLACK
    assert everything(model_uri, s3_url) == before

    proxy.mend()
    mended = time.monotonic()
    while (answer := ask(held, predict_event(BODY))).headers["x-model-version"] != second:
        assert (answer.status, answer.body["prediction"]) == (200, 1.0)
        assert time.monotonic() - mended < 20
        time.sleep(0.05)
    assert answer.body["prediction"] == 2.0
    followed = time.monotonic() - mended
    while (answer := ask(cold, predict_event(BODY))).status != 200:
        assert answer.status == 503
        assert time.monotonic() - mended < 20
        time.sleep(0.05)
    assert answer.body["prediction"] == 2.0
    record(
        f"{where.rstrip('/')}: {fault}",
        f"503 {refusal.body['code']} after {cold_seconds:.1f} s",
        f"3 of 3: 200, the held version, slowest {slowest:.2f} s; the new one {followed:.1f} s after the end",
        "unchanged",
    )
