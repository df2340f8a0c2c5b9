"""What a route is, what its function is given, and how a request finds its route.

The table of routes is `handler.api.routes.table`. The contract's modules are imported only where a contract is made,
so that a prediction does not pay for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from handler.api.http.event import Request
from handler.api.http.responses import Page
from handler.errors.request import UnknownPath, WrongMethod
from handler.telemetry.exchange import Predicted

if TYPE_CHECKING:
    from handler.api.contract.operations import DescribedService
    from handler.serving.predictor import Predictor


class Services(Protocol):
    """What a route's function may use of the application."""

    routes: "tuple[Route, ...]"
    max_rows: int
    read_report: Callable[[str], bytes | None]

    def predictor(self) -> "Predictor":
        """The model that serves; raises ModelUnavailable."""


@dataclass(slots=True)
class Call:
    """One request on its way through the application, with what is learnt of it on the way."""

    request: Request
    services: Services

    route: "Route | None" = None
    """None until it is found, and where there is none."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    """The values of the parameters in the route's path."""

    predicted: Predicted | None = None
    """Set by a route that asks the model about a client's rows, for whoever observes the exchange."""


@dataclass(frozen=True)
class Route:
    """A method and a path, and the function that answers them: with a JSON object, or with a page.

    The path may have parameters, as in `/versions/{version}`; each stands for one part between slashes. `summary` says
    what is answered, for tables. `operation` makes the route's part of the OpenAPI document; a page has none.
    """

    method: str
    path: str
    answer: Callable[[Call], dict[str, Any] | Page]
    summary: str
    needs_key: bool = True
    operation: "Callable[[DescribedService], dict[str, Any]] | None" = None

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the parameters where `path` is this route's; None where it is another."""
        if "{" not in self.path:
            return {} if path == self.path else None
        own, asked = self.path.split("/"), path.split("/")
        if len(own) != len(asked):
            return None
        pairs = list(zip(own, asked, strict=True))
        if not all(value if name.startswith("{") else value == name for name, value in pairs):
            return None
        return {name[1:-1]: value for name, value in pairs if name.startswith("{")}


def find_route(routes: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The first route that answers `method` on `path`, with the values of its parameters.

    HEAD finds what GET does (RFC 9110, 9.3.2). Raises UnknownPath, or WrongMethod with the methods that the path has.
    """
    wanted = "GET" if method == "HEAD" else method
    methods: list[str] = []
    for route in routes:
        parameters = route.match(path)
        if parameters is not None:
            if route.method == wanted:
                return route, parameters
            methods.append(route.method)
    if methods:
        allowed = (*methods, "HEAD") if "GET" in methods else (*methods,)
        raise WrongMethod(f"{path} takes {', '.join(allowed)}, not {method[:20]}.", allowed)
    known = ", ".join(f"{route.method} {route.path}" for route in routes)
    raise UnknownPath(f"There is no such path here; there are {known}.")
