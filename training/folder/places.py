"""Keeps the places of the machine that trained (folders, homes, hosts) out of what is published.

A file goes by its name; a bucket on S3 is no place of that machine, and keeps its address. Who promoted what is another
matter, and stands in the alias.
"""

import contextlib
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from handler.engines.fitted_parts import fitted_parts

_START = r"(?:file:/{2,3}|~|\.{1,2}(?=/)|[A-Za-z]:(?=[/\\]))?[/\\]|~(?=[\w.-]*/)"
_QUOTED = re.compile(rf"(['\"])((?:{_START})[^'\"\n]*)\1")
_BARE = re.compile(rf"(?<![^\s=(,\[{{])(?:{_START})[^\s'\",)\]}}]+")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SCHEDULER = re.compile(r"(\w+=\w+://).*")


def base_name(place: str) -> str:
    """The last part of a path or `file://` address. An `s3://` address stays whole, but for credentials in it."""
    if place.startswith("s3://"):
        return re.sub(r"^s3://[^/]*@", "s3://", place).partition("?")[0]
    return re.split(r"[/\\]", place.rstrip("/\\"))[-1] or place


def without_places(value: Any) -> Any:
    """A parameter as it may be published: in a text, each path becomes its last part, and addresses in memory go."""
    if not isinstance(value, str):
        return value
    text = _ADDRESS.sub("", value)
    if re.match(_START, text) and "\n" not in text:
        return base_name(text)
    text = _QUOTED.sub(lambda found: f"{found[1]}{base_name(found[2])}{found[1]}", text)
    return _BARE.sub(lambda found: base_name(found[0]), text)


def parameters_without_places(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an estimator, as JSON has them, each as it may be published."""
    return {name: without_places(value) for name, value in parameters.items()}


@contextlib.contextmanager
def without_caches(estimator: Any) -> Iterator[None]:
    """Take from each part of `estimator` the folder in which it caches fits, meanwhile; predictions need none."""
    caching = [(part, part.memory) for part in fitted_parts(estimator) if getattr(part, "memory", None) is not None]
    try:
        for part, _ in caching:
            part.memory = None
        yield
    finally:
        for part, memory in caching:
            part.memory = memory


def command_line(arguments: Sequence[str], places: Iterable[object], parameters: Iterable[str]) -> str:
    """`python -m training` with `arguments`, as it may be published.

    `places` are the values that the person gave as files, folders, registries or clusters; `parameters` those of the
    form NAME=VALUE. Whatever else was given, such as a column's name, stays as it is.
    """
    published = {str(place): _published(str(place)) for place in places if place is not None}
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        published[parameter] = f"{name}={without_places(value)}"
    return shlex.join(["python", "-m", "training", *(_replaced(argument, published) for argument in arguments)])


def _published(place: str) -> str:
    return _SCHEDULER.sub(r"\1…", place) if _SCHEDULER.fullmatch(place) else base_name(place)


def _replaced(argument: str, published: Mapping[str, str]) -> str:
    option, mark, value = argument.partition("=")
    # A path that was parsed may be spelt otherwise than it was typed, as without a slash at its end.
    for before, given in (("", argument), (f"{option}=", value if mark and option.startswith("--") else "")):
        for spelling in (given, str(Path(given))):
            if given and spelling in published:
                return before + published[spelling]
    return argument
