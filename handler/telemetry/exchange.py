"""The one place that each request passes with its answer, for whoever counts or keeps them.

To count or keep something more, write an observer and give it to the application: no route changes. An exchange holds
references alone, so that one at which nobody looks costs nothing. No observer of this project writes a feature's value.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from handler.registry.manifest import Manifest
    from handler.serving.answers.base import Output


@dataclass(frozen=True, slots=True)
class Predicted:
    """A client's rows, as they were given to the model, and its answers to them.

    `rows` has the shape (rows, features), in the order of the manifest's features. `seconds` is the estimator's time,
    `outside` how many values of each feature lay outside what training saw, `manifest` that of the model asked.
    """

    rows: "NDArray[Any]"
    given: list[dict[str, Any]] | str
    """The answers, or their JSON."""

    seconds: float
    outside: Mapping[str, int]
    manifest: "Manifest"
    outputs: "Callable[[], tuple[Output, ...]]"
    """Gives what was said of each target, as arrays to be counted."""

    def answers(self) -> list[dict[str, Any]]:
        """The answer to each row, as the client reads it."""
        return json.loads(self.given) if isinstance(self.given, str) else self.given


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    `method` and `path` are as they were sent; `route` is the path in the table of routes. All three are None where the
    event was no HTTP request, `route` also where the request found none. `code` is an error's, None for a success.
    `request_id` is Lambda's, which the client reads, `api_request_id` API Gateway's, None where it gave none.
    """

    request_id: str
    method: str | None
    path: str | None
    route: str | None
    status: int
    code: str | None
    seconds: float
    model_version: str
    predicted: Predicted | None
    api_request_id: str | None = None


class Observer(Protocol):
    """Something that is shown every exchange, once the answer is made and before it is returned.

    What it raises is logged, and the client has the answer all the same. Lambda freezes the environment when the answer
    is returned, so what an observer starts it must also end.
    """

    def observe(self, exchange: Exchange) -> None:
        """Look at one exchange."""
