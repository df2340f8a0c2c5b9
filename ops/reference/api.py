"""What the function declares of itself: its routes, settings, errors, and the libraries that it has."""

from collections.abc import Iterable

from handler.api.routes.table import ROUTES
from handler.engines.shipped import LIBRARIES
from handler.errors.base import INTERNAL_ERROR, ErrorAnswer
from handler.errors.catalogue import ANSWERS, OF_FUNCTION, OF_GATEWAY, TITLES, is_worth_a_retry
from handler.errors.gateway import GATEWAY_ANSWERS
from handler.errors.request import RequestError
from handler.monitoring.monitor.settings import OF_MONITOR
from handler.settings import OF_TELEMETRY, SETTINGS, Setting
from handler.streaming.settings import OF_STREAMS
from handler.telemetry.metrics import METRICS, MONITOR_METRICS
from ops.reference.markdown import code, first_line, table


def declared_routes() -> list[tuple[str, str, bool, str]]:
    """Each route's method, path, whether a deployed stage asks for the key, and what it answers."""
    return [(route.method, route.path, route.needs_key, route.summary) for route in ROUTES]


def routes() -> str:
    """Every route of the function."""
    rows = [
        (code(f"{method} {path}"), "yes" if needs_key else "no", summary)
        for method, path, needs_key, summary in declared_routes()
    ]
    return table(("route", "needs the key", "answers"), rows)


def settings() -> str:
    return _settings((*SETTINGS, *OF_TELEMETRY))


def monitor_settings() -> str:
    """What the monitor reads beside variables of the function's."""
    return _settings(OF_MONITOR)


def stream_settings() -> str:
    """What the function for messages reads beside variables of the function's."""
    return _settings(OF_STREAMS)


def _settings(declared: Iterable[Setting]) -> str:
    rows = [
        (
            code(each.variable),
            code(each.parameter),
            "required" if each.default is None else code(each.default),
            each.help,
        )
        for each in declared
    ]
    return table(("variable", "parameter of the stack", "default", "meaning"), rows)


def statuses() -> str:
    """The codes that each status may have, whoever gives it, and whether the same request should be sent again."""
    rows = []
    for status, title in TITLES.items():
        answers = [each for each in (*OF_FUNCTION, *OF_GATEWAY) if each.status == status]
        retried = [each for each in answers if is_worth_a_retry(each)]
        never = [code(each.code) for each in answers if not is_worth_a_retry(each)]
        again = "no" if not retried else f"yes, but not after {', '.join(never)}" if never else "yes"
        rows.append((str(status), title, ", ".join(dict.fromkeys(code(each.code) for each in answers)), again))
    return table(("status", "meaning", "codes", "send it again?"), rows)


def errors_of_caller() -> str:
    rows = [
        (str(answer.status), code(answer.code), first_line(cls.__doc__), answer.action)
        for cls, answer in ANSWERS.items()
        if issubclass(cls, RequestError)
    ]
    return table(("status", "code", "when", "what the caller changes"), sorted(rows))


def errors_of_service() -> str:
    found: list[tuple[str, ErrorAnswer]] = [
        (first_line(cls.__doc__), answer) for cls, answer in ANSWERS.items() if not issubclass(cls, RequestError)
    ]
    found.append((INTERNAL_ERROR.when or "", INTERNAL_ERROR))
    rows = [
        (str(answer.status), code(answer.code), answer.sentence or "", when, answer.action) for when, answer in found
    ]
    return table(("status", "code", "the client reads", "when", "what the operator does"), rows)


def errors_of_gateway() -> str:
    rows = [
        (
            str(answer.status),
            code(answer.code),
            code(kind),
            answer.sentence or "*API Gateway's own sentence*",
            answer.action,
        )
        for kind, answers in GATEWAY_ANSWERS.items()
        for answer in answers
    ]
    return table(("status", "code", "gateway response", "the client reads", "what to do"), rows)


def errors_of_gateway_for_caller() -> str:
    """The same, for who calls the API."""
    rows = [(str(answer.status), code(answer.code), answer.when or "", answer.action) for answer in OF_GATEWAY]
    return table(("status", "code", "when", "what to do"), rows)


def metrics() -> str:
    """Every metric, of the function and of the monitor."""
    every = (*METRICS, *MONITOR_METRICS)
    rows = [(code(each.name), each.unit, ", ".join(map(code, each.dimensions)), each.meaning) for each in every]
    return table(("metric", "unit", "dimensions", "meaning"), rows)


def libraries() -> str:
    """What ships, by engine."""
    rows = [
        (
            engine,
            code(library.name),
            "all of it" if library.compared is None else f"the first {library.compared} parts",
            "yes" if library.in_artifacts else "no",
            "yes" if library.estimators else "no",
        )
        for engine, libraries in LIBRARIES.items()
        for library in libraries
    ]
    columns = ("engine", "library", "of its version must agree", "may stand in an artifact", "estimators for `train`")
    return table(columns, rows)
