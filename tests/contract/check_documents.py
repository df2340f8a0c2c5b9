"""`python check_documents.py FILE…`: each is valid OpenAPI 3.1, and each example in it fits its schema.

Otherwise it exits with 1 and says why. Run it by path in `.tools/contract`, where the validators are.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema.validators import Draft202012Validator  # type: ignore[import-untyped] # in .tools/contract alone
from openapi_spec_validator import OpenAPIV31SpecValidator


def problems(document: Any) -> Iterator[str]:
    """What is wrong with an OpenAPI document."""
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
    count = 0
    for place, media in media_types(document, ""):
        # References are resolved in the whole document, so the schema travels with it.
        schema = {**media["schema"], "components": document["components"]}
        for name, example in media.get("examples", {}).items():
            count += 1
            for error in Draft202012Validator(schema).iter_errors(example["value"]):
                yield f"{place}, example {name}: {error.message}"
    if not count:
        yield "there is no example in it"


def media_types(part: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Each place of a document where a body is described."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name == "content":
                yield from ((f"{place}/{kind}", media) for kind, media in inner.items())
            yield from media_types(inner, f"{place}/{name}")


def main() -> int:
    """Check the files that the command line names."""
    found = [f"{name}: {problem}" for name in sys.argv[1:] for problem in problems(json.loads(Path(name).read_text()))]
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
