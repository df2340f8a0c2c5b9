"""Says how the API's contract changed, and whether the change breaks clients.

    python -m tests.contract.breaking_changes [--base BRANCH] [--accept]

compares docs/openapi-iris.json with the copy where this branch left BRANCH. A request that was valid must stay valid,
and an answer must be one that clients know. Otherwise it exits with 1, unless `--accept` is given.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.contract.kept_copy import KEPT
from tests.contract.subsumption import Document, beyond, follow

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Change:
    """One difference, and whether clients of the old contract break by it."""

    breaking: bool
    text: str


def changes(old: Document, new: Document) -> list[Change]:
    """How `new` differs from `old`, both OpenAPI 3.1 documents; the breaking ones first."""
    before, after = _operations(old), _operations(new)
    found = [Change(True, f"{name} is gone") for name in before if name not in after]
    found += [Change(False, f"{name} is new") for name in after if name not in before]
    for name in before:
        if name in after:
            found += _operation(name, before[name], old, after[name], new)
    if not found and old != new:
        found.append(Change(False, "only descriptions, examples or the order changed"))
    return sorted(found, key=lambda change: not change.breaking)


def _operations(document: Document) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def _operation(name: str, before: Any, old: Document, after: Any, new: Document) -> Iterator[Change]:
    if before.get("operationId") != after.get("operationId"):
        yield Change(True, f"{name}: the operationId, by which generated clients name it, is another")
    for way in before.get("security", old.get("security", [{}])):
        if way not in after.get("security", new.get("security", [{}])):
            yield Change(True, f"{name}: {', '.join(way) or 'no key'} does not suffice any more")
    if before.get("parameters", []) != after.get("parameters", []):
        yield Change(True, f"{name}: its parameters changed, which are not compared any further")
    yield from _requests(f"{name}, request", before.get("requestBody", {}), old, after.get("requestBody", {}), new)
    answers, later = _responses(before, old), _responses(after, new)
    for status in sorted({*answers, *later}):
        yield from _answers(f"{name}, {status}", status, answers.get(status), old, later.get(status), new)


def _requests(at: str, before: Any, old: Document, after: Any, new: Document) -> Iterator[Change]:
    if after.get("required") and not before.get("required"):
        yield Change(True, f"{at}: a body is required")
    yield from _bodies(at, before.get("content", {}), old, after.get("content", {}), new, "is refused")


def _answers(at: str, status: str, before: Any, old: Document, after: Any, new: Document) -> Iterator[Change]:
    success = status.startswith("2")
    if before is None or after is None:
        yield Change(success, f"{at} is {'new' if before is None else 'gone'}")
        return
    # Of errors clients must expect new codes; their form must stay.
    found = list(_bodies(at, after.get("content", {}), new, before.get("content", {}), old, "may be answered"))
    for change in found:
        yield Change(change.breaking and (success or ".code: the value" not in change.text), change.text)
    for header in sorted(set(before.get("headers", {})) - set(after.get("headers", {}))):
        yield Change(True, f"{at}: the header {header} is gone")


def _bodies(
    at: str, narrow: Mapping[str, Any], narrow_in: Document, wide: Mapping[str, Any], wide_in: Document, so: str
) -> Iterator[Change]:
    """What the side `narrow` may send that the side `wide` does not know; and the other way round, as news."""
    for media in sorted({*narrow, *wide}):
        if media not in wide or media not in narrow:
            yield Change(media not in wide, f"{at}: {media} {so if media not in wide else 'came or went'}")
            continue
        sub, sup = narrow[media].get("schema", {}), wide[media].get("schema", {})
        lost = list(beyond(sub, narrow_in, sup, wide_in))
        yield from (Change(True, f"{at}{excess} {so}") for excess in lost)
        if not lost:
            news = beyond(sup, wide_in, sub, narrow_in)
            yield from (Change(False, f"{at}{excess}: one side is more lenient than it was") for excess in news)


def _responses(operation: Any, document: Document) -> dict[str, Any]:
    return {
        status: follow(response["$ref"], document) if "$ref" in response else response
        for status, response in operation["responses"].items()
    }


def report(found: list[Change]) -> str:
    """The changes for a person."""
    if not found:
        return "The contract is as it was."
    return "\n".join(
        f"{'BREAKS CLIENTS' if change.breaking else 'no client breaks'}: {change.text}" for change in found
    )


def copy_at(base: str) -> Document | None:
    """The kept copy where this branch left `base`; None where there was none yet. Raises CalledProcessError."""
    root = KEPT.parent.parent
    ancestor = _git("merge-base", "HEAD", base).strip()
    name = KEPT.relative_to(root).as_posix()
    if not _git("ls-tree", "--name-only", ancestor, name).strip():
        return None
    document: Document = json.loads(_git("show", f"{ancestor}:{name}"))
    return document


def _git(*words: str) -> str:
    command = ["git", "-C", str(KEPT.parent.parent), *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(arguments: list[str] | None = None) -> int:
    """Compare as the command line says; 1 where clients break and it was not accepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.breaking_changes", description=__doc__)
    parser.add_argument("--base", default="main", help="the branch to compare with, main by default")
    parser.add_argument("--accept", action="store_true", help="report breaking changes, but do not fail")
    options = parser.parse_args(arguments)
    old = copy_at(options.base)
    if old is None:
        print(f"There was no contract yet where this branch left {options.base}.")
        return 0
    found = changes(old, json.loads(KEPT.read_text(encoding="utf-8")))
    print(report(found))
    return int(not options.accept and any(change.breaking for change in found))


if __name__ == "__main__":
    sys.exit(main())
