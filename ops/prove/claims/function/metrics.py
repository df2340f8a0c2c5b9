"""The log lines in embedded format become metrics in CloudWatch."""

from datetime import UTC, datetime, timedelta

from ops.prove.account import bounds
from ops.prove.account.waiting import until
from ops.prove.claims.claim import Claim, Seen, answer
from ops.prove.claims.ground import Ground, predict

NAMESPACE = "SklearnOnLambda"
"""That of the template."""
METRICS = ("Requests", "Predictions", "Latency")


def look(ground: Ground) -> list[Seen]:
    """Ask once, then wait for the metrics under the stack's name."""
    stack = ground.serving()
    cloudwatch = ground.caller.client("cloudwatch")
    began = datetime.now(UTC) - timedelta(minutes=10)
    seen = [answer("POST /predict", predict(stack), 200)]

    def sums() -> dict[str, float]:
        found = {}
        for name in METRICS:
            points = cloudwatch.get_metric_statistics(
                Namespace=NAMESPACE,
                MetricName=name,
                Dimensions=[{"Name": "service", "Value": stack.name}],
                StartTime=began,
                EndTime=datetime.now(UTC) + timedelta(minutes=1),
                Period=60,
                Statistics=["SampleCount"],
            )["Datapoints"]
            found[name] = sum(point["SampleCount"] for point in points)
        return found

    wait = ground.caller.patience(bounds.METRICS_SECONDS)
    came = until(sums, lambda got: all(got.values()), wait)
    for name, count in came.items():
        told = f"{count:.0f} values" if count else f"none within {wait:.0f} s"
        seen.append(Seen(f"the metric {name} of {stack.name}", "values", told, count > 0))
    return seen


CLAIM = Claim(
    name="metrics",
    sentence="What the function logs in embedded format becomes metrics, under the stack's name.",
    why="The stand-in makes no metrics of log lines.",
    how=f"one prediction, then the statistics of {len(METRICS)} metrics until they are there",
    calls={
        "execute-api:Invoke": 1,
        "cloudwatch:GetMetricStatistics": len(METRICS) * bounds.POLLS,
        "cloudwatch:custom metric": 20,
    },
    seconds=120,
    look=look,
)
