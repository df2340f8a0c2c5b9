"""Log lines that the real handler writes: for each reason why it has no model, for a bug, and for each metric.

The runbook's queries are run over all of them, so that each is seen to find its own lines and no other's.
"""

import http.server
import io
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from handler.api.application import create_application
from handler.errors.catalogue import ANSWERS
from handler.records.signature import Example
from handler.registry.manifest import sha256, version_of
from handler.registry.schemes import open_store
from handler.registry.store import Blob, Store
from handler.serving import engine_choice
from handler.serving.engine_choice import ENGINES
from handler.telemetry.log_and_metrics import Telemetry
from tests.conftest import Context
from tests.unit.handler.asking import predict_event
from tests.unit.handler.models import MOMENT, Version
from tests.unit.handler.processes import run_function
from tests.unit.handler.registry.test_registry_faults import FAULTS
from training.fit.iris import train_iris
from training.folder.writing import write_folder
from training.release.publish import read_folder

ROW: Final = [6.0, 2.5, 4.5, 1.5]

ENDED_BY_LAMBDA: Final = (
    "2026-01-31T23:59:59.123Z 5c1f6a0e-7f5c-4b55-8f62-0c1d2e3f4a5b Task timed out after 20.03 seconds\n",
    "RequestId: 5c1f6a0e-7f5c-4b55-8f62-0c1d2e3f4a5b Error: Runtime exited with error: signal: killed\n"
    "Runtime.ExitError\n",
    "REPORT RequestId: 5c1f6a0e-7f5c-4b55-8f62-0c1d2e3f4a5b\tDuration: 20000.00 ms\tBilled Duration: 20000 ms\t"
    "Memory Size: 1769 MB\tMax Memory Used: 412 MB\tStatus: timeout\n",
    "REPORT RequestId: 5c1f6a0e-7f5c-4b55-8f62-0c1d2e3f4a5b\tDuration: 812.00 ms\tBilled Duration: 812 ms\t"
    "Memory Size: 256 MB\tMax Memory Used: 256 MB\tStatus: error\tError Type: Runtime.OutOfMemory\n",
)
"""What Lambda itself writes into a function's log when it ends it (AWS Lambda Developer Guide, "Troubleshoot execution
issues in Lambda")."""


def sound(folder: Path) -> Version:
    """A version as `train` writes it; `folder` is scratch space."""
    write_folder(train_iris(), folder / "trained")
    trained = read_folder(folder / "trained")
    return Version(trained.manifest, trained.artifact.data)


def written(environ: Mapping[str, str], opener: Callable[[str], Store] = open_store) -> list[str]:
    """The lines that a new execution environment with these variables writes when it is asked for a prediction."""
    with redirect_stdout(io.StringIO()) as output:
        application = create_application(environ, Telemetry(environ), opener=opener)
        application.handle(predict_event({"features": ROW}), cast(LambdaContext, Context()))
    return output.getvalue().splitlines()


def lines_of_faults(version: Version, folder: Path) -> dict[str, list[str]]:
    """By code: what a function whose model is `version` writes where that is why it cannot answer."""
    found: dict[str, list[str]] = {}
    for number, (code, environ, opener) in enumerate(_faults(version, folder)):
        # A logger keeps its stream as long as its service has its name.
        found[code] = written({**environ, "POWERTOOLS_SERVICE_NAME": f"service-{number}"}, opener)
    with _denied() as environ, pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        found["registry_access_denied"] = written({**os.environ, "POWERTOOLS_SERVICE_NAME": "service-denied"})
    for form, other in itertools.permutations(ENGINES, 2):
        model = version.changed(artifacts={other: version.manifest.artifact}).write(folder / f"as-{other}")
        with pytest.MonkeyPatch.context() as patch:
            # Not taken out and put back: it would come back as the last one, and the first that is here is chosen.
            patch.setattr(engine_choice, "ENGINES", {form: ENGINES[form]})
            found[f"{form}_form_missing"] = written(
                {"MODEL_URI": str(model), "POWERTOOLS_SERVICE_NAME": f"service-{form}"}
            )
    return found


def lines_of_metrics(version: Version, folder: Path) -> list[str]:
    """What a function writes that counts every metric: its registry vanishes, and it is asked for odd rows."""
    root = version.write(folder / "counted")
    steps: list[dict[str, Any]] = [
        {"move": [str(root), str(folder / "vanished")]},
        {"ask": predict_event({"features": [600.0, *ROW[1:]]})},
        {"ask": predict_event({"features": ROW[1:]})},
    ]
    outcome = run_function(folder, steps, MODEL_URI=str(root), AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    return outcome.stdout.splitlines()


class _WithABug:
    """A store whose reading fails in a way that nobody foresaw."""

    uri = "a store with a bug"

    def get(self, *_: object, **__: object) -> Blob:
        raise ZeroDivisionError


def _faults(version: Version, folder: Path) -> Iterator[tuple[str, dict[str, str], Callable[[str], Store]]]:
    """The code of each fault, the environment in which it shows, and how its registry is opened."""
    yield "invalid_settings", {}, open_store
    yield "internal_error", {"MODEL_URI": str(folder)}, lambda _: cast(Store, _WithABug())
    done = set()
    for number, (spoil, error) in enumerate(FAULTS.values()):
        if error not in done:
            done.add(error)
            root = version.write(folder / f"model-{number}")
            spoil(root, version)
            yield ANSWERS[error].code, {"MODEL_URI": str(root)}, open_store
    example = Example(tuple(ROW), "setosa", 0, {"setosa": 1.0, "versicolor": 0.0, "virginica": 0.0})
    wrong = version.changed(example=example, more_examples=())
    yield "self_test_failed", {"MODEL_URI": str(wrong.write(folder / "wrong"))}, open_store
    yield "unloadable_artifact", {"MODEL_URI": str(_no_pickle(version).write(folder / "no-pickle"))}, open_store


def _no_pickle(version: Version) -> Version:
    """A version with all digests right, whose artifact is no pickle."""
    data = b"not a pickle"
    file = replace(version.manifest.artifact, bytes=len(data), sha256=sha256(data))
    name = version_of(MOMENT, sha256(data))
    return Version(replace(version.manifest, version=name, artifacts={"joblib": file}), data)


@contextmanager
def _denied() -> Iterator[dict[str, str]]:
    """The environment of a function to which S3 refuses every read."""

    class Denies(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
            self.send_response(403)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Denies)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        place = f"http://127.0.0.1:{server.server_port}"
        yield {"MODEL_URI": "s3://bucket/iris", "AWS_ENDPOINT_URL": place, "AWS_REGION": "us-east-1"}
    finally:
        server.shutdown()
        server.server_close()
