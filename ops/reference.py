"""Writes the generated parts of README.md and docs/reference.md from what the code declares.

    python -m ops.reference        (`make reference`)

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`, and NAME is one of `PARTS`; all around it
is written by hand. A test fails while a page is not what this would write.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import click

from handler.api.routes.table import ROUTES
from handler.engines.shipped import LIBRARIES
from handler.errors.base import INTERNAL_ERROR, ErrorAnswer
from handler.errors.catalogue import ANSWERS, OF_FUNCTION, OF_GATEWAY, TITLES
from handler.errors.gateway import GATEWAY_ANSWERS
from handler.errors.request import RequestError
from handler.settings import OF_TELEMETRY, SETTINGS
from training.cli.main import main as command_line

ROOT = Path(__file__).parent.parent
PAGES: Final = (ROOT / "README.md", ROOT / "docs" / "reference.md")
PART = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
HELP_WIDTH = 110
BAR = r"\|"
"""A bar within a cell."""


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(columns)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines)


def code(text: str | None) -> str:
    """`text` as code; nothing where there is none."""
    return f"`{text}`" if text else ""


def first_line(docstring: str | None) -> str:
    return (docstring or "").splitlines()[0]


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
    rows = [
        (
            code(each.variable),
            code(each.parameter),
            "required" if each.default is None else code(each.default),
            each.help,
        )
        for each in (*SETTINGS, *OF_TELEMETRY)
    ]
    return table(("variable", "parameter of the stack", "default", "meaning"), rows)


def statuses() -> str:
    """The codes that each status may have, whoever gives it."""
    every = (*OF_FUNCTION, *OF_GATEWAY)
    rows = [
        (str(status), title, ", ".join(dict.fromkeys(code(each.code) for each in every if each.status == status)))
        for status, title in TITLES.items()
    ]
    return table(("status", "meaning", "codes"), rows)


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
    found.append(("An exception that this project did not foresee.", INTERNAL_ERROR))
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


def commands() -> str:
    """What each command says of itself with --help."""
    top = click.Context(command_line, info_name="python -m training", help_option_names=["-h", "--help"])
    parts = []
    for name, command in command_line.commands.items():
        context = click.Context(command, info_name=name, parent=top, terminal_width=HELP_WIDTH)
        parts.append(f"### `{name}`\n\n```\n{command.get_help(context)}\n```")
    return "\n\n".join(parts)


def template_section(name: str) -> Iterable[tuple[str, Mapping[str, str]]]:
    """The entries of one section of template.yaml, which writes each property of them on a line."""
    section = re.split(r"^(\w+):\n", (ROOT / "template.yaml").read_text(), flags=re.MULTILINE)
    text = section[section.index(name) + 1]
    for entry, properties in re.findall(r"^  (\w+):\n((?:    .*\n)+)", text, re.MULTILINE):
        yield (
            entry,
            {key: value.strip("\"'") for key, value in re.findall(r"^    (\w+): (.*)$", properties, re.MULTILINE)},
        )


def parameters() -> str:
    rows = []
    for name, said in template_section("Parameters"):
        takes = [
            said[key].strip("[]") if key == "AllowedValues" else said[key]
            for key in ("AllowedPattern", "AllowedValues")
            if key in said
        ]
        bounds = [said[key] for key in ("MinValue", "MaxValue") if key in said]
        takes += [" to ".join(bounds) if len(bounds) == 2 else f"from {bounds[0]}"] if bounds else []
        rows.append((code(name), code(said["Default"]), code(" ".join(takes)), said["Description"]))
    return table(("parameter", "default", "takes", "meaning"), rows)


def outputs() -> str:
    return table(
        ("output", "meaning"), ((code(name), said["Description"]) for name, said in template_section("Outputs"))
    )


def targets() -> str:
    found = re.findall(r"^([a-z0-9-]+):.*## (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return table(("target", "does"), ((code(f"make {name}"), does) for name, does in found))


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    part.__name__: part
    for part in (
        *(routes, settings, statuses, errors_of_caller, errors_of_service, errors_of_gateway),
        *(libraries, commands, parameters, outputs, targets),
    )
}


def generated(page: str) -> str:
    """`page` with its generated parts as the code has them now."""
    return PART.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", page)


def main() -> None:
    """Write the pages."""
    for path in PAGES:
        path.write_text(generated(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
