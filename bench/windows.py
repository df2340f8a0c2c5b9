"""Measures what counting windows costs a request, and fails where it costs more than it may.

    python -m bench.windows [--json]

Two functions answer the same requests in turn, one without windows and one with them. The time that is counted is that
of the observer alone, within the requests: it is some hundredths of a millisecond, and the difference between two whole
requests varies by more. A third observer, which is shown the same, writes a line each time. Times are CPU time of this
thread, as in `bench.latency`.
"""

import argparse
import contextlib
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from aws_lambda_powertools.utilities.typing import LambdaContext
from threadpoolctl import threadpool_limits

from bench.latency import Context
from bench.latency_rows import MODELS, Measured
from handler.api.application import Application, create_application
from handler.monitoring.line import parse_line
from handler.monitoring.observer import WindowObserver
from handler.telemetry.exchange import Exchange, Observer
from handler.telemetry.log_and_metrics import Telemetry

CASES = (("iris", 1), ("breast-cancer", 1), ("mixed", 1), ("breast-cancer", 10_000), ("mixed", 10_000))
"""Which model is asked about how many rows at once."""

RUNS = {1: 300, 10_000: 25}
"""How often; the first tenth is not counted."""

MOST_MILLISECONDS = 0.1
"""That one row may cost."""

MOST_SHARE = 0.1
"""Of the request's own time, that many rows may cost."""


class Timed:
    """An observer, and the CPU time that each exchange took it, in milliseconds."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.taken: list[float] = []

    def observe(self, exchange: Exchange) -> None:
        """Show the exchange to the observer."""
        began = time.thread_time()
        self.observer.observe(exchange)
        self.taken.append(1000 * (time.thread_time() - began))


@dataclass(frozen=True)
class Cost:
    """Medians in milliseconds: of requests `without` and `with_windows`, of counting one, and of writing one line."""

    model: str
    features: int
    rows: int
    without: float
    with_windows: float
    counting: float
    line: float
    line_bytes: int

    @property
    def share(self) -> float:
        """Of a request without windows, what counting adds."""
        return self.counting / self.without

    @property
    def is_too_much(self) -> bool:
        """Whether it is more than windows may cost."""
        return self.counting > MOST_MILLISECONDS if self.rows == 1 else self.share > MOST_SHARE


def opened(uri: str, seconds: int) -> Application:
    """A function with its model loaded."""
    environ = {"MODEL_URI": uri, "MAX_ROWS": "10000", "OBSERVE_SECONDS": str(seconds)}
    application = create_application(environ, Telemetry(environ))
    application.holder.start()
    return application


def measure(measured: Measured, rows: int, runs: int) -> Cost:
    """What windows cost requests of `rows` rows."""
    event = {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "Prod", "path": "/Prod/predict", "httpMethod": "POST"},
        "body": json.dumps({"instances": measured.rows(rows)}),
        "isBase64Encoded": False,
    }
    without, with_windows = opened(measured.uri, 0), opened(measured.uri, 60)
    telemetry, observer = with_windows.observers
    counting = Timed(observer)
    writing = Timed(WindowObserver(0, with_windows.holder.served, "bench"))
    with_windows.observers = (telemetry, counting)
    taken: dict[str, list[float]] = {"without": [], "with": []}

    def asked(application: Application) -> tuple[float, str]:
        # Lambda reads standard output by a pipe; here nobody does.
        with contextlib.redirect_stdout(io.StringIO()) as output:
            began = time.thread_time()
            answer = application.handle(event, cast(LambdaContext, Context()))
            milliseconds = 1000 * (time.thread_time() - began)
        if answer["statusCode"] != 200:
            raise RuntimeError(f"The benchmark's own rows were refused: {answer['body'][:300]}")
        return milliseconds, output.getvalue()

    warm = max(1, runs // 10)
    for _ in range(warm + runs):
        taken["without"].append(asked(without)[0])
        taken["with"].append(asked(with_windows)[0])
    with_windows.observers = (telemetry, writing)
    written = [asked(with_windows)[1] for _ in range(warm + runs)]
    count = statistics.median(counting.taken[warm:])
    predictor = without.predictor()
    return Cost(
        predictor.manifest.name,
        len(predictor.manifest.features),
        rows,
        statistics.median(taken["without"][warm:]),
        statistics.median(taken["with"][warm:]),
        count,
        statistics.median(writing.taken[warm:]) - count,
        next(len(line) for line in written[-1].splitlines() if parse_line(line)),
    )


def table(costs: Sequence[Cost]) -> str:
    """The costs for a person."""
    lines = [
        "Milliseconds of CPU, medians in turn: requests without windows and with them, what counting takes of that,",
        "and what one line takes, which is written at most once in OBSERVE_SECONDS",
        f"{'model':<14}{'features':>9}{'rows':>8}{'without':>10}{'with':>10}{'counting':>10}{'share':>8}"
        f"{'line':>8}{'bytes':>8}",
    ]
    lines += [
        f"{each.model:<14}{each.features:>9}{each.rows:>8}{each.without:>10.3f}{each.with_windows:>10.3f}"
        f"{each.counting:>10.3f}{each.share:>8.1%}{each.line:>8.3f}{each.line_bytes:>8}"
        for each in costs
    ]
    lines += [f"TOO MUCH: {each.rows} rows of {each.model}" for each in costs if each.is_too_much]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and return 1 where windows cost more than MOST_MILLISECONDS a row or MOST_SHARE of many."""
    parser = argparse.ArgumentParser(prog="python -m bench.windows", description="Measure what windows cost.")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            models = {name: publish(Path(folder) / name) for name, publish in MODELS.items()}
        costs = [measure(models[name], rows, RUNS[rows]) for name, rows in CASES]
    print(json.dumps([asdict(each) for each in costs], indent=2) if options.json else table(costs))
    return int(any(each.is_too_much for each in costs))


if __name__ == "__main__":
    with threadpool_limits(1):  # as one vCPU has
        sys.exit(main())
