"""The stage in which a day passes at the stack: morning, a sale, and the evening, when a new model serves."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ops import stack
from ops.aws_stand_in import Credentials
from ops.commands import training
from tests.e2e.deploy.change_of_engine import ALIAS
from tests.e2e.deploy.day.callers import Callers
from tests.e2e.deploy.day.orders import TARGET, asked, orders
from tests.e2e.deploy.day.watching import Command, Moment, Run, Watch
from tests.e2e.deploy.stages import Switched

ROWS = 2500
"""Of a table that a model is trained on: with a fifth of them held out, 2,000 are fitted."""

WINDOW_SECONDS = 1.0
"""The stack's ObserveSeconds: so much later the next request writes what was counted before it."""

SETTLED_SECONDS = 2.0
"""After this, what was asked before is in the log: a window, and more than the pause until the next request."""

NEARLY_AN_HOUR_AGO = 3590 / 3600
"""In hours. What is put as so old is too old for an alarm on the last hour ten seconds later."""


@dataclass(frozen=True)
class Day:
    """What was seen in the morning, once the sale had begun, at the monitor's next run, and in the evening.

    `first` serves until the evening, then `second`. `screen` is what `status` shows people then, `schedule` that of the
    monitor. `statuses` and `versions` count the answers to all requests.
    """

    first: str
    second: str
    morning: Moment
    sale: Moment
    still: Run
    evening: Moment
    screen: Command
    schedule: dict[str, Any]
    statuses: Counter[int]
    versions: Counter[str]
    seconds: float


@pytest.fixture(scope="session")
def day(
    switched: Switched,
    publisher: Credentials,
    promoter: Credentials,
    observer: Credentials,
    tmp_path_factory: pytest.TempPathFactory,
) -> Day:
    """A day, in short: the hours of the monitor's schedule are seconds."""
    began = time.monotonic()
    deployed, folder = switched.stack, tmp_path_factory.mktemp("day")
    release = Releases(deployed, publisher, promoter, folder)
    before, sale = asked(orders(1000, 3)), asked(orders(4000, 4, sale=True))
    first = release.train_and_promote(orders(ROWS, 1), "another model", "--force")
    watch = Watch.begin(deployed, ALIAS, observer)
    stack.wait_for_version(deployed.api, first, ask=stack.ask_for_model)
    with Callers(deployed.api, before) as callers:
        callers.send(before)
        time.sleep(SETTLED_SECONDS)
        morning = watch.look()
        callers.turn_to(sale)
        callers.send(sale)
        time.sleep(SETTLED_SECONDS)
        at_sale = watch.look(NEARLY_AN_HOUR_AGO)
        still = watch.run(NEARLY_AN_HOUR_AGO)
        looked = time.monotonic()
        second = release.train_and_promote(orders(ROWS, 2, sale=True), "trained on orders of the sale")
        callers.wait_for(second)
        callers.send(sale)
        time.sleep(max(SETTLED_SECONDS, looked + 11 - time.monotonic()))
        evening = watch.look()
        screen = watch.type("status")
    return Day(
        *(first, second, morning, at_sale, still, evening, screen, watch.schedule()),
        callers.statuses,
        callers.versions,
        time.monotonic() - began,
    )


@dataclass(frozen=True)
class Releases:
    """Whoever releases: trains in `folder`, publishes as the one role and promotes as the other."""

    deployed: stack.Stack
    publisher: Credentials
    promoter: Credentials
    folder: Path

    def train_and_promote(self, table: pd.DataFrame, reason: str, *publishing: str) -> str:
        """Train on `table` and let the model serve; gives its version."""
        aws = self.deployed.stand_in
        place = ["--alias", ALIAS, "--model-uri", self.deployed.outputs["ModelUri"], "--reason", reason]
        csv, trained = self.folder / f"{reason}.csv", str(self.folder / reason)
        table.to_csv(csv, index=False)
        # A model that is quick to fit; it needs no form for the other engine.
        quick = ("--estimator", "sklearn.linear_model.LogisticRegression", "--no-twin")
        training("train", "--table", str(csv), "--target", TARGET, "--name", "orders", "--out", trained, *quick)
        published = training("publish", trained, *publishing, *place, env=aws.environment(self.publisher))
        version: str = published["version"]
        training("promote", version, *place, env=aws.environment(self.promoter))
        return version
