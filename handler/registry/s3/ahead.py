"""Calls that wait, some of them in threads ahead of the one whose result is taken."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

Result = TypeVar("Result")


def in_order(calls: Iterable[Callable[[], Result]], ahead: int) -> Iterator[Result]:
    """What `calls` return, in their order, with up to `ahead` of them begun before they are asked for.

    Raises what a call raised, at its turn. What is under way when nobody goes on asking ends by itself.
    """
    under_way: deque[_Call[Result]] = deque()
    for call in calls:
        under_way.append(_Call(call))
        if len(under_way) > ahead:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


class _Call(Generic[Result]):
    def __init__(self, call: Callable[[], Result]) -> None:
        self._call = call
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            self._error = error

    def result(self) -> Result:
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._results.pop()
