"""Every metric that the function emits, declared once: what it is, what it means, and what to do when it is high.

`log_and_metrics` emits them by these declarations, and docs/runbook.md has a section for each, with its name in code
as the heading. The anchor of such a heading is the name in lower case, on GitHub and on the site alike:
`runbook.md#refreshfailures`. Alarms name their section by that rule. What AWS counts by itself is not here.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Metric:
    """A metric in the namespace of the setting POWERTOOLS_METRICS_NAMESPACE.

    `unit` is a member of Powertools' MetricUnit. `dimensions` are all that it is counted under: CloudWatch finds a
    metric by exactly these. `when_high` is for the runbook: what the operator does.
    """

    name: str
    unit: str
    dimensions: tuple[str, ...]
    meaning: str
    when_high: str


COLD_START: Final = Metric(
    "ColdStart",
    "Count",
    ("function_name", "service"),
    "An execution environment answered its first request. Powertools counts it.",
    "Some are ordinary after a deploy and while traffic grows. If many come without more traffic, environments die: "
    "look for what ended them, as for a 502. If clients feel the wait, deploy with the parameter "
    "SnapStart=PublishedVersions, which costs money.",
)
REQUESTS: Final = Metric(
    "Requests",
    "Count",
    ("service",),
    "A request reached the function, whatever the answer was. Requests that API Gateway refused are not counted.",
    "Ask whoever has the API key what they send, and to send many rows in one request. If you have to limit it now, "
    "deploy with a lower ThrottleRate.",
)
LATENCY: Final = Metric(
    "Latency",
    "Milliseconds",
    ("service",),
    "The time from the event to the answer, in the function. The init phase of a cold start is not in it.",
    "Compare it with PredictLatency. If both are high, the model is slow: if that began with a release, roll back. If "
    "only Latency is high, the function was loading a version or waiting for S3: look for `model loaded` and "
    "`refresh failed` in the log.",
)
PREDICTIONS: Final = Metric(
    "Predictions",
    "Count",
    ("service",),
    "The rows that the model answered. A batch counts each of its rows.",
    "Nothing is wrong by itself. If Latency or the bill is high too, ask whoever has the API key what they send.",
)
PREDICT_LATENCY: Final = Metric(
    "PredictLatency",
    "Milliseconds",
    ("service",),
    "The model's own time for all rows of one request.",
    "If it began with a release, roll back, and publish a smaller model. If requests have more rows than before, "
    "deploy with a lower MaxRows. If the model has always been slow and MemorySize is below 1769, raise it: more "
    "memory brings more CPU.",
)
MODEL_LOAD_TIME: Final = Metric(
    "ModelLoadTime",
    "Milliseconds",
    ("service",),
    "The time to read, verify, load and test a version. In the init phase the imports are not in it.",
    "Compare the version's size with the one before: `.venv/bin/python -m training show VERSION`. If the version is "
    "larger than it has to be, publish a smaller model. If it is not larger, S3 was slow.",
)
REFRESH_FAILURES: Final = Metric(
    "RefreshFailures",
    "Count",
    ("service",),
    "The function could not follow the alias. It goes on serving the version that it has, so clients notice nothing "
    "yet; an environment that starts now would answer 503.",
    "Read the code and the reason in the log line `refresh failed`, then do what the code's section says. Do it now: "
    "the next cold start has no old version to serve.",
)
ERRORS: Final = Metric(
    "Errors",
    "Count",
    ("service", "code"),
    "An answer of the function that is an error, by its code.",
    "For a code of status 500 or 503, do what its section says. For any other code the caller has to change the "
    "request, so tell the caller; if it began with a release, the new version takes other features: roll back.",
)
OUTSIDE_TRAINING: Final = Metric(
    "OutsideTraining",
    "Count",
    ("service", "feature"),
    "A value of this feature was outside the range that training saw. It was answered, with a warning.",
    "Ask the caller whether the meaning or the unit of the feature changed. If the values are right, train on newer "
    "data and publish that model.",
)

METRICS: Final = (
    *(COLD_START, REQUESTS, LATENCY, PREDICTIONS, PREDICT_LATENCY),
    *(MODEL_LOAD_TIME, REFRESH_FAILURES, ERRORS, OUTSIDE_TRAINING),
)
