"""Every metric that this project emits, declared once: what it is, what it means, and what to do when it is high.

Whatever emits one does it by its declaration, and docs/runbook.md has a section for each, with its name in code as the
heading. The anchor of such a heading is the name in lower case, on GitHub and on the site alike:
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
INIT_TIME: Final = Metric(
    "InitTime",
    "Milliseconds",
    ("service",),
    "The time from the start of the function's process to the end of its init phase, once for each execution "
    "environment: the interpreter, the imports, and loading the model or finding out that there is none. With "
    "SnapStart and with provisioned concurrency no request waits for it, and it is not counted.",
    "At 10 s Lambda ends the init phase and begins it again within the first request. Compare it with ModelLoadTime: "
    "if most of it is the model, publish a smaller model. If it is not, and MemorySize is below 1769, deploy with "
    "MemorySize=1769: less memory brings less CPU. If that is not enough, deploy with the parameter "
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
    ("service",),
    "A value of a feature was outside the range that training saw. It was answered, with a warning. The request's log "
    "line counts such values by feature, in `outside_training`.",
    "Read in the log lines which features they are of. Ask the caller whether the meaning or the unit of these "
    "features changed. If the values are right, train on newer data and publish that model.",
)

WORST_PSI: Final = Metric(
    "WorstPsi",
    "NoUnit",
    ("service",),
    "The largest population stability index among the features and the answers, at the monitor's last look. It says "
    "how far the rows of the compared hours are from those of training; 0 is no distance.",
    "Look at Drift, which says whether the distance is more than chance explains. If it is 1, do what its section "
    "says. If it is 0, nothing has to be done.",
)
DRIFTED_FEATURES: Final = Metric(
    "DriftedFeatures",
    "Count",
    ("service",),
    "How many features drifted, at the monitor's last look.",
    "Do what the section of Drift says. If nearly all features drifted at once, ask the caller first whether a unit or "
    "the order of the features changed.",
)
DRIFT: Final = Metric(
    "Drift",
    "Count",
    ("service",),
    "The monitor's verdict: 1 if the rows of the compared hours drifted from those of training, else 0, as where there "
    "were too few rows to tell.",
    "See which features drifted, and how: `.venv/bin/python -m training drift`. Ask the caller whether the meaning or "
    "the unit of these features changed. If the rows are right, train on newer data and publish that model. If the "
    "drift began with a release, roll back.",
)
OBSERVED_ROWS: Final = Metric(
    "ObservedRows",
    "Count",
    ("service",),
    "The rows that the monitor found in the compared hours. 0 means that nobody asked for a prediction.",
    "High is good. If it is 0, see whether requests come: the metric Requests counts them. If none come, ask whoever "
    "has the API key; their key may be disabled, or their calls may be refused by API Gateway. If requests come and "
    "are answered with errors, do what the section of the code says. If they are answered, see that ObserveSeconds is "
    "not 0: then nothing is counted.",
)

METRICS: Final = (
    *(COLD_START, INIT_TIME, REQUESTS, LATENCY, PREDICTIONS, PREDICT_LATENCY),
    *(MODEL_LOAD_TIME, REFRESH_FAILURES, ERRORS, OUTSIDE_TRAINING),
)
"""What the function that predicts emits."""

MONITOR_METRICS: Final = (WORST_PSI, DRIFTED_FEATURES, DRIFT, OBSERVED_ROWS)
"""What the monitor emits, once each time that it looks."""
