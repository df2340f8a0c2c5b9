"""What the function says of itself: one JSON log line a request, and metrics in CloudWatch's embedded format.

`handler.app` reports to it. It never sees a feature's value: routes, codes, counts, times and versions are all it is
told. Tracing is switched on in template.yaml instead, because the X-Ray SDK would cost every cold start some 0.3 s.
"""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from handler.api.http.event import method_and_path
from handler.errors.model import ModelUnavailable
from handler.telemetry.dimensions import dimension_value

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

DEFAULT_SERVICE = "sklearn-on-lambda"
DEFAULT_NAMESPACE = "SklearnOnLambda"


class Telemetry:
    """The logger and the metrics of one execution environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.service = environ.get("POWERTOOLS_SERVICE_NAME", DEFAULT_SERVICE)
        self.namespace = environ.get("POWERTOOLS_METRICS_NAMESPACE", DEFAULT_NAMESPACE)
        self.logger = Logger(service=self.service, location=None)
        self.service_dimension = dimension_value(self.service)
        self.metrics = Metrics(service=self.service_dimension, namespace=self.namespace)

    def observed(self, handle: Handler) -> Handler:
        """`handle` with the request's id and the cold start in each log line, and its metrics written at its end."""
        measured = self.metrics.log_metrics(handle, capture_cold_start_metric=True)
        return self.logger.inject_lambda_context(measured, log_event=False)

    def measure(self, name: str, unit: MetricUnit, value: float) -> None:
        """Add a value to what this request says of itself."""
        self.metrics.add_metric(name, unit, value)

    def count(self, name: str, value: int, dimension: str, of: str) -> None:
        """Count something under a dimension that the request's other metrics do not have."""
        with single_metric(name, MetricUnit.Count, value, namespace=self.namespace) as metric:
            metric.add_dimension("service", self.service_dimension)
            metric.add_dimension(dimension, dimension_value(of))

    def model_loaded(self, version: str, seconds: float, replaced: str | None) -> None:
        """A model was loaded and serves from now on.

        In the init phase neither the imports of the libraries nor what was read beside them is in its time.
        """
        self.logger.info("model loaded", version=version, replaced=replaced, milliseconds=round(1000 * seconds, 1))
        self.measure("ModelLoadTime", MetricUnit.Milliseconds, 1000 * seconds)

    def refresh_failed(self, version: str, code: str, error: Exception) -> None:
        """The alias could not be followed, and `version` goes on serving."""
        self.logger.error("refresh failed", version=version, code=code, reason=f"{type(error).__name__}: {error}")
        self.measure("RefreshFailures", MetricUnit.Count, 1)

    def predicted(self, rows: int, seconds: float) -> None:
        """The estimator answered `rows` rows."""
        self.measure("Predictions", MetricUnit.Count, rows)
        self.measure("PredictLatency", MetricUnit.Milliseconds, 1000 * seconds)

    def extrapolated(self, counts: Mapping[str, int]) -> None:
        """Values lay outside what training saw: how many of each feature, the values themselves not told."""
        for feature, count in counts.items():
            self.count("OutsideTraining", count, "feature", feature)

    def refused(self, code: str, error: Exception) -> None:
        """An answer other than 200 is about to be given. What a client sent is not repeated here."""
        self.count("Errors", 1, "code", code)
        if isinstance(error, ModelUnavailable):
            self.logger.error("no model to serve", code=code, reason=str(error))

    def crashed(self, error: Exception) -> None:
        """A bug of ours: the log gets where it happened, the client nothing.

        What the error says is logged at DEBUG alone: libraries quote the values that they choke on.
        """
        trace = "".join(traceback.format_tb(error.__traceback__))
        self.logger.error("internal error", exception_name=type(error).__name__, trace=trace)
        self.logger.debug("internal error, in full", exc_info=error)

    def answered(self, event: object, status: int, seconds: float, model_version: str) -> None:
        """One request is over."""
        method, path = method_and_path(event)
        self.measure("Requests", MetricUnit.Count, 1)
        self.measure("Latency", MetricUnit.Milliseconds, 1000 * seconds)
        self.logger.info(
            "answered",
            status=status,
            method=method,
            path=path,
            milliseconds=round(1000 * seconds, 2),
            model_version=model_version,
        )
