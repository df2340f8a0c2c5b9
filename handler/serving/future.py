"""Work begun in a thread of its own, whose outcome is taken once it has ended.

An executor of `concurrent.futures` would wait for its threads when the process ends, and one of them may be waiting for
an S3 that is silent.
"""

import threading
import time
from collections.abc import Callable
from traceback import clear_frames
from typing import Generic, TypeVar

from handler.errors.model import ModelUnavailable

Result = TypeVar("Result")


def attempt(work: Callable[[], Result]) -> Result | Exception:
    """What `work` returns or raises. An error keeps its traceback, and nothing that its frames held.

    It may be remembered for long, and in the frames of a load are the file and the arrays of a model.
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - a bug too is for the caller to report
        del work  # this frame is of the traceback too
        raised: BaseException | None = error
        while raised is not None:
            clear_frames(raised.__traceback__)
            raised = raised.__context__
        return error


class Future(Generic[Result]):
    """`work`, under way in a thread called `name`. `outcome` holds what it returned or raised, once it has ended.

    Raises RuntimeError where the environment has no thread left.
    """

    def __init__(self, work: Callable[[], Result], name: str) -> None:
        self.outcome: Result | Exception = ModelUnavailable(f"The {name} ended without an outcome.")
        self._thread = threading.Thread(target=self._run, args=([work],), name=name, daemon=True)
        self._thread.start()

    def ended_by(self, moment: float) -> bool:
        """Whether it has ended, for which this waits until `moment` of `time.monotonic`."""
        self._thread.join(min(max(0.0, moment - time.monotonic()), threading.TIMEOUT_MAX))
        return not self._thread.is_alive()

    def result(self) -> Result:
        """What the work returned or raised; waits until it has ended."""
        self._thread.join()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def _run(self, only: list[Callable[[], Result]]) -> None:
        # A traceback leads to this frame too: an error in `outcome` would keep the work, and the model it refreshes.
        self.outcome = attempt(only.pop())
