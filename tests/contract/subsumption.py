"""Whether one JSON Schema allows all that another allows: the question behind every breaking change.

Of requests it is asked in one direction, of answers in the other. This knows the keywords that
`handler.api.contract.schemas` uses, and raises on any other rather than ignore it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
Document = Mapping[str, Any]

WORDING = {"description", "title", "examples", "example", "default", "deprecated", "$comment"}
KNOWN = {
    *WORDING,
    *("type", "enum", "const", "properties", "required", "additionalProperties", "minimum", "maximum"),
    *("items", "prefixItems", "minItems", "maxItems", "oneOf", "anyOf", "allOf", "$ref"),
}
BOUNDS = {"minimum": 1, "minItems": 1, "maximum": -1, "maxItems": -1}
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


class UnknownKeyword(Exception):
    """A schema has a keyword that is not compared here: add it, then compare again."""


def flat(schema: Any, document: Document) -> dict[str, Any]:
    """`schema` with its references followed, `allOf` merged and its wording left out; raises UnknownKeyword."""
    if isinstance(schema, bool):
        return {} if schema else {"enum": []}
    if unknown := sorted(set(schema) - KNOWN):
        raise UnknownKeyword(f"{unknown[0]!r} is not compared by tests/contract/subsumption.py: add it there.")
    merged = {name: value for name, value in schema.items() if name not in {*WORDING, "$ref", "allOf"}}
    parts = [follow(schema["$ref"], document)] if "$ref" in schema else []
    for part in (*parts, *schema.get("allOf", ())):
        for name, value in flat(part, document).items():
            if name == "properties":
                value = {**merged.get(name, {}), **value}
            elif name == "required":
                value = [*merged.get("required", []), *value]
            merged[name] = value
    if "const" in merged:
        merged["enum"] = [merged.pop("const")]
    return merged


def follow(reference: str, document: Document) -> Any:
    """What a reference into the same document names."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def beyond(narrow: Any, narrow_in: Document, wide: Any, wide_in: Document, at: str = "") -> Iterator[str]:
    """What `narrow` allows and `wide` does not, one text for each; nothing if `wide` allows all of it."""
    sub, sup = flat(narrow, narrow_in), flat(wide, wide_in)
    if not sup or sub.get("enum") == []:  # all is allowed, or nothing comes
        return
    if alternatives := _alternatives(sub):
        for index, alternative in enumerate(alternatives):
            yield from beyond(alternative, narrow_in, wide, wide_in, f"{at} (form {index + 1})".strip())
        return
    if alternatives := _alternatives(sup):
        excess = [list(beyond(narrow, narrow_in, alternative, wide_in, at)) for alternative in alternatives]
        if all(excess):
            yield from min(excess, key=len)
        return
    yield from _values(sub, sup, at)
    if "array" in _types(sub):
        yield from _arrays(sub, narrow_in, sup, wide_in, at)
    if "object" in _types(sub):
        yield from _objects(sub, narrow_in, sup, wide_in, at)


def _alternatives(schema: Schema) -> Sequence[Any]:
    found: Sequence[Any] = schema.get("oneOf") or schema.get("anyOf") or ()
    return found


def _types(schema: Schema) -> set[str]:
    if "enum" in schema:
        return {TYPES.get(type(value), "null") for value in schema["enum"]}
    named = schema.get("type", [*TYPES.values(), "null"])
    return {named} if isinstance(named, str) else set(named)


def _values(sub: Schema, sup: Schema, at: str) -> Iterator[str]:
    if "enum" in sup:
        allowed = [json.dumps(value) for value in sup["enum"]]
        if "enum" not in sub:
            yield f"{at}: more than {', '.join(allowed)}"
            return
        more = [value for value in map(json.dumps, sub["enum"]) if value not in allowed]
        if more:
            yield f"{at}: the value {', '.join(more)}"
        return
    types = _types(sup) | ({"integer"} if "number" in _types(sup) else set())
    if more_types := sorted(_types(sub) - types):
        yield f"{at}: the type {', '.join(more_types)}"
    for bound, sign in BOUNDS.items():
        if bound in sup and (bound not in sub or sign * sub[bound] < sign * sup[bound]):
            yield f"{at}: {bound} {sub.get(bound, 'unbound')} where it is {sup[bound]}"


def _arrays(sub: Schema, sub_in: Document, sup: Schema, sup_in: Document, at: str) -> Iterator[str]:
    own, other = sub.get("prefixItems", []), sup.get("prefixItems", [])
    for index in range(max(len(own), len(other))):
        narrow = own[index] if index < len(own) else sub.get("items", True)
        wide = other[index] if index < len(other) else sup.get("items", True)
        yield from beyond(narrow, sub_in, wide, sup_in, f"{at}[{index}]")
    yield from beyond(sub.get("items", True), sub_in, sup.get("items", True), sup_in, f"{at}[]")


def _objects(sub: Schema, sub_in: Document, sup: Schema, sup_in: Document, at: str) -> Iterator[str]:
    own, other = sub.get("properties", {}), sup.get("properties", {})
    for name in sorted(set(sup.get("required", ())) - set(sub.get("required", ()))):
        yield f"{at}: without {name!r}"
    for name, schema in own.items():
        if name in other:
            yield from beyond(schema, sub_in, other[name], sup_in, f"{at}.{name}")
        elif sup.get("additionalProperties") is False:
            yield f"{at}: with {name!r}"
    if isinstance(sup.get("additionalProperties"), Mapping):
        rest = sub.get("additionalProperties", True)
        yield from beyond(rest, sub_in, sup["additionalProperties"], sup_in, f"{at}.*")
    elif sup.get("additionalProperties") is False and sub.get("additionalProperties") is not False:
        yield f"{at}: with other names"
