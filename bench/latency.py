"""Compares the time of our answers with that of the bare estimator and of a plain Flask handler.

    python -m bench.latency [--rows N …] [--runs N] [--json]

All answer the same rows with the same estimator in one run, in turn: ours through the whole application (event in,
response out, log line and metrics written), Flask through its test client, which uses no socket either. The second
table divides our time into its steps. Times are CPU time of this thread, so that other work on the machine does not
count. The seconds are those of this machine; the ratios hold elsewhere.
"""

import argparse
import contextlib
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from aws_lambda_powertools.utilities.typing import LambdaContext
from flask import Flask, Response, jsonify, request
from threadpoolctl import threadpool_limits

from bench.latency_rows import published, rows_like_training
from handler.api.application import Application, create_application
from handler.api.body.instances import parse_body, to_rows
from handler.api.http.responses import JsonText, json_response
from handler.rows.ranges import outside_training
from handler.serving.predictor import Predictor
from handler.telemetry.log_and_metrics import Telemetry

ROWS = (1, 100, 10_000)
RUNS = {1: 300, 100: 200, 10_000: 25}
"""How often each size is asked by default; the first tenth is not counted."""


@dataclass(frozen=True)
class Context:
    """Lambda's context, as far as the handler reads it."""

    aws_request_id: str = "request-1"
    function_name: str = "predict"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:predict"


def flask_handler(predictor: Predictor) -> Flask:
    """JSON to array to `predict`, without any check: the handler that one writes first."""
    app = Flask("plain")

    @app.post("/predict")
    def predict() -> Response:
        rows = np.array(request.get_json()["instances"])
        classes = predictor.manifest.target.classes
        predicted = predictor.model.predict(rows)
        probabilities = predictor.model.predict_proba(rows)
        return jsonify(
            predictions=[
                {"prediction": classes[index], "prediction_index": int(index), "probabilities": shares.tolist()}
                for index, shares in zip(predicted, probabilities, strict=True)
            ]
        )

    return app


def contenders(application: Application, body: str) -> dict[str, Callable[[], object]]:
    """What is measured: each takes a request's text and gives an answer's."""
    predictor = application.predictor()
    instances = parse_body(body)
    rows = to_rows(instances, predictor.manifest.features)
    client = flask_handler(predictor).test_client()
    event = {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "Prod", "path": "/Prod/predict", "httpMethod": "POST"},
        "body": body,
        "isBase64Encoded": False,
    }

    def ours() -> None:
        # Lambda reads standard output by a pipe; here nobody does.
        with contextlib.redirect_stdout(io.StringIO()):
            answer = application.handle(event, cast(LambdaContext, Context()))
        if answer["statusCode"] != 200:
            raise RuntimeError(f"The benchmark's own rows were refused: {answer['body']}")

    def flask() -> None:
        if client.post("/predict", data=body, content_type="application/json").status_code != 200:
            raise RuntimeError("The plain handler refused the benchmark's rows.")

    def estimator() -> None:
        predictor.model.predict(rows)
        predictor.model.predict_proba(rows)

    predictions = JsonText(predictor.predict_json(rows))
    features = predictor.manifest.features
    return {
        "ours": ours,
        "flask": flask,
        "estimator": estimator,
        "json.loads": lambda: json.loads(body),
        "parse": lambda: parse_body(body),
        "to_rows": lambda: to_rows(instances, features),
        "predict": lambda: predictor.predict_json(rows),
        "ranges": lambda: outside_training(rows, features),
        "respond": lambda: json_response(200, {"predictions": predictions}, {}),
    }


def measure(measured: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Medians of the CPU time in milliseconds, measured in turn."""
    taken: dict[str, list[float]] = {name: [] for name in measured}
    warm = max(1, runs // 10)
    for run in range(runs + warm):
        for name, call in measured.items():
            began = time.thread_time()
            call()
            if run >= warm:
                taken[name].append(1000 * (time.thread_time() - began))
    return {name: statistics.median(times) for name, times in taken.items()}


def with_own(medians: Mapping[str, float]) -> dict[str, float]:
    """The medians, with our own part: all steps but `json.loads` and the estimator."""
    steps = medians["parse"] + medians["to_rows"] + medians["predict"] + medians["ranges"] + medians["respond"]
    own = steps - medians["json.loads"] - medians["estimator"]
    return {**medians, "own": own, "above estimator": medians["ours"] - medians["estimator"]}


def table(found: Mapping[int, Mapping[str, float]]) -> str:
    """The medians for a person."""
    wholes = ("ours", "flask", "estimator", "above estimator")
    steps = ("json.loads", "parse", "to_rows", "predict", "ranges", "respond", "own")
    lines = ["Milliseconds of CPU, medians in turn; 30 numbers a row, two classes"]
    for names in (wholes, steps):
        lines.append(f"{'rows':>7}" + "".join(f"{name:>17}" for name in names))
        for rows, medians in found.items():
            lines.append(f"{rows:>7}" + "".join(f"{medians[name]:>17.3f}" for name in names))
    lines.append("own: parse, to_rows, predict, ranges and respond, without json.loads and the estimator")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description="Measure what an answer costs.")
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, help="rows in a request")
    parser.add_argument("--runs", type=int, help="how often each is asked")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        environ = {"MODEL_URI": published(Path(folder)), "MAX_ROWS": str(max(options.rows))}
        with contextlib.redirect_stdout(io.StringIO()):
            application = create_application(environ, Telemetry(environ))
            application.predictor()
        found = {}
        for rows in options.rows:
            body = json.dumps({"instances": rows_like_training(rows)})
            runs = options.runs or RUNS.get(rows, 50)
            found[rows] = with_own(measure(contenders(application, body), runs))
    print(json.dumps(found, indent=2) if options.json else table(found))
    return 0


if __name__ == "__main__":
    with threadpool_limits(1):  # as one vCPU has
        sys.exit(main())
