"""Scores parts by the workers of a Dask cluster. Chunks are read here and sent: no worker needs to see the inputs."""

import contextlib
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from training.dask_cluster import DASK_SECONDS
from training.errors import ScoringFailed
from training.scoring.cluster.bundle import bundle
from training.scoring.cluster.shipped import plugin, task
from training.scoring.made import Scored
from training.scoring.running.worker import Failure
from training.scoring.writing.job import Part

EACH = 2
"""Chunks under way for each thread of the cluster: one is scored, one is there when it is done."""

LOOK_SECONDS = 10
"""How often it is looked whether any worker is left."""


class DaskScorer:
    """Scores by the workers that `client` reaches, with `version` of the directory registry `registry`.

    Dask gives the chunk of a worker that is gone to another one, and gives up after the fourth
    (`distributed.scheduler.allowed-failures`).
    """

    def __init__(self, client: Any, registry: Path, version: str) -> None:
        self.client = client
        self.registry = registry
        self.version = version

    def run(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Scored]]:
        """As `Scorer` has it."""
        import dask

        try:
            self.client.wait_for_workers(1, timeout=DASK_SECONDS)
        except TimeoutError:
            raise self._no_worker() from None
        name = f"score-{self.version}"
        self.client.register_plugin(plugin(bundle(self.registry), self.version), name=name)
        try:
            # Chunks are large on purpose, and few are under way.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
                yield from self._scored(parts, name)
        finally:
            with contextlib.suppress(OSError, TimeoutError):  # the cluster may be gone
                self.client.unregister_worker_plugin(name)

    def _scored(self, parts: Iterable[Part], name: str) -> Iterator[tuple[Part, Scored]]:
        left, work = iter(parts), task()
        under_way: dict[Any, Part] = {}
        most = EACH * sum(self.client.nthreads().values())
        try:
            while True:
                while len(under_way) < most and (part := next(left, None)) is not None:
                    asked = pickle.dumps((part.chunk, part.format))
                    under_way[self.client.submit(work, name, asked, pure=False)] = part
                if not under_way:
                    return
                for future in self._done(list(under_way)):
                    part = under_way.pop(future)
                    yield part, _answered(part, future)
        finally:
            self.client.cancel(list(under_way))

    def _done(self, futures: list[Any]) -> Iterable[Any]:
        """Those of `futures` that have ended, at least one; raises ScoringFailed once no worker is left."""
        from distributed import wait

        while True:
            try:
                with self.client.as_current():
                    ended: Any = wait(futures, timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call] # it has no types
                return list(ended.done)
            except TimeoutError:
                if not self.client.nthreads():
                    raise self._no_worker() from None

    def _no_worker(self) -> ScoringFailed:
        return ScoringFailed(
            f"The Dask cluster at {self.client.scheduler.address} has no worker: start some, with `dask worker`."
        )


def _answered(part: Part, future: Any) -> Scored:
    """What the worker answered of `part`; raises ScoringFailed, or what it raised."""
    from asyncio import CancelledError

    try:
        answer = future.result()
    except (Exception, CancelledError) as error:  # Dask has many, and says with each which worker it was
        raise ScoringFailed(f"{part.name} could not be scored on the cluster: {_sentence(error)}") from error
    if isinstance(answer, str):
        raise ScoringFailed(
            f"The workers of the cluster lack {answer}: install it there, in the version that is here, as pyarrow and "
            "orjson are needed beside the libraries of the model."
        )
    made = pickle.loads(answer)  # noqa: S301 - from the cluster that the person named, which runs our code
    if isinstance(made, Failure):
        raise made.raised()
    scored: Scored = made
    return scored


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
