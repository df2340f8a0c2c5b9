"""A process that scores parts: it loads the version once, then takes one part after the other from its pipe.

It ends with the process that started it, however that ends: its pipe is closed then.
"""

import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from queue import Queue

from handler.errors.base import SklearnOnLambdaError
from handler.serving.freed_memory import give_back
from training.scoring.chunk import Chunk
from training.scoring.made import Format, Scored


@dataclass(frozen=True)
class Failure:
    """An error in a worker: ours by its class and text, or a bug by its traceback."""

    error: type[SklearnOnLambdaError] | None
    text: str

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """The failure that `error`, which is being handled, is."""
        if isinstance(error, SklearnOnLambdaError):
            return cls(type(error), str(error))
        return cls(None, "".join(traceback.format_exception(error)))

    def raised(self) -> Exception:
        """The error, to be raised where the worker was started."""
        if self.error is None:
            return RuntimeError(f"A worker failed:\n{self.text}")
        error = self.error.__new__(self.error)  # some take more than a text
        Exception.__init__(error, self.text)
        return error


READY = "ready"

Work = Callable[[Chunk, Format], Scored]


def main(pipe: Connection, registry: str, version: str) -> None:
    """Load `version` from the directory registry, say READY, and answer each chunk with its format from `pipe`.

    The answer is what `score` gives. Whatever goes wrong is answered as a Failure. One thread computes, because there
    is a process for each core.
    """
    # Ctrl-C reaches all processes of a terminal: the one that started this ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from threadpoolctl import threadpool_limits

    received: Queue[bytes] = Queue(maxsize=1)
    threading.Thread(target=_receive, args=(pipe, received), daemon=True).start()
    try:
        work = loaded(registry, version)
        threadpool_limits(1)  # of the libraries that are loaded by now, which are all that it needs
        pipe.send(READY)
        while True:
            pipe.send(answer(work, received.get()))
            give_back()  # or the process would have the memory of several chunks
    except ConnectionError:  # nobody is there to answer
        return
    except Exception as error:  # noqa: BLE001 - it is raised where it can be told
        pipe.send(Failure.of(error))


def _receive(pipe: Connection, received: "Queue[bytes]") -> None:
    """Take the next chunk from the pipe while one is scored, so that no sender waits; end the process with the pipe."""
    while True:
        try:
            received.put(pipe.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)


def answer(work: Work, asked: bytes) -> Scored | Failure:
    """What `work` makes of the pickled chunk and format `asked`."""
    try:
        return work(*pickle.loads(asked))  # noqa: S301 - from the process that started this one
    except MemoryError:
        os._exit(1)  # as where the system ends a process for it: another one may have the room
    except Exception as error:  # noqa: BLE001 - it is raised where it can be told
        return Failure.of(error)


def loaded(registry: str, version: str) -> Work:
    """What scores a chunk by `version` of the directory registry; raises ModelUnavailable."""
    from training.release.loaded_version import load_version
    from training.scoring.running.scored import score

    return partial(score, load_version(registry, version))
