"""What the function says of itself: one JSON log line a request, and metrics in CloudWatch's embedded format.

No feature's value is ever written: routes, codes, counts, times and versions are. Tracing is switched on in
template.yaml instead, because the X-Ray SDK would cost every cold start some 0.3 s.
"""

import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from handler.errors.model import ModelUnavailable
from handler.settings import METRICS_NAMESPACE, SERVICE_NAME
from handler.telemetry.dimensions import dimension_value
from handler.telemetry.exchange import Exchange
from handler.telemetry.metrics import (
    ERRORS,
    INIT_TIME,
    LATENCY,
    MODEL_LOAD_TIME,
    OUTSIDE_TRAINING,
    PREDICT_LATENCY,
    PREDICTIONS,
    REFRESH_FAILURES,
    REQUESTS,
    Metric,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOGGED = 300
"""The characters of a method, a path, an id or a feature's name that are logged; what is longer was made to be."""

MOST_FEATURES = 20
"""How many features a log line counts the values outside of training of: those with the most of them."""


class Telemetry:
    """The logger and the metrics of one execution environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.service = SERVICE_NAME.value(environ)
        self.namespace = METRICS_NAMESPACE.value(environ)
        self.logger = Logger(service=self.service, location=None)
        self.service_dimension = dimension_value(self.service)
        self.metrics = Metrics(service=self.service_dimension, namespace=self.namespace)
        # How the init phase came about (AWS Lambda Developer Guide, "Defined runtime environment variables"). With
        # provisioned concurrency no request waits for it, and after SnapStart none waits for the whole of it.
        initialized = environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        self._cold = initialized != "provisioned-concurrency"
        self._awaited = initialized == "on-demand"

    def initialized(self, seconds: float) -> None:
        """The init phase is over, which took `seconds`. The metrics of the first invocation tell of it."""
        if self._awaited:
            self.measure(INIT_TIME, 1000 * seconds)

    def begin(self, context: "LambdaContext") -> None:
        """An invocation begins: each log line from now on bears its names."""
        self.logger.append_keys(
            cold_start=self._cold,
            function_name=context.function_name,
            function_memory_size=context.memory_limit_in_mb,
            function_arn=context.invoked_function_arn,
            function_request_id=context.aws_request_id,
        )
        if self.logger.sampling_rate and not self._cold:
            self.logger.refresh_sample_rate_calculation()

    def end(self, context: "LambdaContext") -> None:
        """The invocation is over: its metrics are written."""
        if self._cold:
            self.metrics.provider.add_cold_start_metric(context)
            self._cold = False
        # An invocation that failed as a whole may have counted nothing, of which Powertools would warn.
        if self.metrics.provider.metric_set:
            self.metrics.flush_metrics()

    def observe(self, exchange: Exchange) -> None:
        """Count what was predicted, and the values that lay outside what training saw, never which they are."""
        if predicted := exchange.predicted:
            self.measure(PREDICTIONS, len(predicted.rows))
            self.measure(PREDICT_LATENCY, 1000 * predicted.seconds)
            if predicted.outside:
                self.measure(OUTSIDE_TRAINING, sum(predicted.outside.values()))
        self.answered(exchange)

    def measure(self, metric: Metric, value: float) -> None:
        """Add a value to the metrics of this invocation."""
        self.metrics.add_metric(metric.name, metric.unit, value)

    def count(self, metric: Metric, value: int, of: str) -> None:
        """Count something under a dimension that the request's other metrics do not have: the second of `metric`."""
        service, dimension = metric.dimensions
        with single_metric(metric.name, MetricUnit[metric.unit], value, namespace=self.namespace) as single:
            single.add_dimension(service, self.service_dimension)
            single.add_dimension(dimension, dimension_value(of))

    def model_loaded(self, version: str, seconds: float, replaced: str | None) -> None:
        """A model was loaded and serves from now on.

        In the init phase neither the imports of the libraries nor what was read beside them is in its time.
        """
        self.logger.info("model loaded", version=version, replaced=replaced, milliseconds=round(1000 * seconds, 1))
        self.measure(MODEL_LOAD_TIME, 1000 * seconds)

    def refresh_failed(self, version: str, code: str, error: Exception) -> None:
        """The alias could not be followed, and `version` goes on serving."""
        self.logger.error("refresh failed", version=version, code=code, reason=f"{type(error).__name__}: {error}")
        self.measure(REFRESH_FAILURES, 1)

    def refused(self, code: str, error: Exception) -> None:
        """An answer other than 200 is about to be given. What a client sent is not repeated here."""
        self.count(ERRORS, 1, code)
        if isinstance(error, ModelUnavailable):
            self.logger.error("no model to serve", code=code, reason=str(error))

    def crashed(self, error: Exception) -> None:
        """A bug of ours: the log gets where it happened, the client nothing.

        What the error says is logged at DEBUG alone: libraries quote the values that they choke on.
        """
        trace = "".join(traceback.format_tb(error.__traceback__))
        self.logger.error("internal error", exception_name=type(error).__name__, trace=trace)
        self.logger.debug("internal error, in full", exc_info=error)

    def answered(self, exchange: Exchange) -> None:
        """One request is over."""
        self.measure(REQUESTS, 1)
        self.measure(LATENCY, 1000 * exchange.seconds)
        self.logger.info(
            "answered",
            status=exchange.status,
            method=exchange.method and exchange.method[:LOGGED],
            path=exchange.path and exchange.path[:LOGGED],
            milliseconds=round(1000 * exchange.seconds, 2),
            model_version=exchange.model_version,
            api_request_id=exchange.api_request_id and exchange.api_request_id[:LOGGED],
            **_outside_training(exchange),
        )


def _outside_training(exchange: Exchange) -> dict[str, Any]:
    """What a log line says of the values outside of training: how many there are of which feature, if there are any."""
    if not exchange.predicted or not exchange.predicted.outside:
        return {}
    outside = sorted(exchange.predicted.outside.items(), key=lambda counted: -counted[1])
    told: dict[str, int] = {}
    for feature, count in outside[:MOST_FEATURES]:
        # Names that are the same as far as they are logged are counted together.
        told[feature[:LOGGED]] = told.get(feature[:LOGGED], 0) + count
    return {"outside_training": told}
