"""The columns of an answer: those of a table, where POST /predict has nested objects.

They are found in the manifest's example, because all answers of a version have the same fields. A name within a name
is behind a dot, as in `probabilities.setosa`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handler.registry.manifest import Manifest

if TYPE_CHECKING:
    import pyarrow as pa

ROW = "row"
"""The column with the place of a row in its input, from 0."""

REFUSAL = ("status", "code", "error", "details")
"""The columns of a refused row beside its place and what is kept."""

KEPT = "keep."
"""Before the name of a kept column, where the file has another of that name."""


@dataclass(frozen=True)
class Column:
    """One column of answers: its `name`, the `path` to it in an answer, and the `type` of its values there."""

    name: str
    path: tuple[str, ...]
    type: type[Any]

    def array(self, answers: Sequence[dict[str, Any]]) -> "pa.Array":
        """Its values in `answers`."""
        import pyarrow as pa

        values: list[Any] = list(answers)
        for name in self.path:
            values = [value[name] for value in values]
        types = {float: pa.float64(), int: pa.int64(), str: pa.string(), list: pa.list_(pa.string())}
        return pa.array(values, types[self.type])


def columns_of(manifest: Manifest) -> tuple[Column, ...]:
    """The columns of the answers of the version of `manifest`, in the order of their fields."""
    leaves = list(_leaves(manifest.example.answer, ()))
    plain = [".".join(path) for path, _ in leaves]
    # A class or a target may have a dot in its name, and then two of them may have one name here.
    names = plain if len({*plain}) == len(plain) else [".".join(map(_quoted, path)) for path, _ in leaves]
    return tuple(
        Column(name, path, int if manifest.task == "clustering" and path == ("prediction",) else kind)
        for name, (path, kind) in zip(names, leaves, strict=True)
    )


def kept_names(keep: Sequence[str], taken: Sequence[str]) -> list[str]:
    """The names of the kept columns in a file that has columns called `taken` too: all of them differ."""
    names: list[str] = []
    for name in keep:
        free = name
        while free in taken or free in names:
            free = f"{KEPT}{free}"
        names.append(free)
    return names


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type[Any]]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    else:
        yield path, type(value)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if "." in name or '"' in name else name
