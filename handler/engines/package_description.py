"""What a package says of itself: which models a function made of it can read.

The packager writes it into the package, as `DESCRIPTION_FILE` in its root. A deploy compares it with what the aliases
name, and leaves a copy of it in the registry, with which `promote` compares what it is to release. The function has no
use for it: it compares each model with what is installed.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from handler.engines.shipped import DEFAULT_PACKAGE, PACKAGES, engine_of, pinned_versions
from handler.records.decoding import Undecodable, decode
from handler.registry.alias import ALIAS_FORMAT_VERSION
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION

DESCRIPTION_FILE = "function.json"
DESCRIPTION_FORMAT_VERSION = 1
"""Raised by one whenever a field is added or changes its meaning; `decode_description` then reads both."""


@dataclass(frozen=True)
class EngineDescription:
    """One engine: its name, and the versions of Python and of its libraries, by the names that manifests use."""

    name: str
    versions: dict[str, str]


@dataclass(frozen=True)
class PackageDescription:
    """The formats that a package reads, and its engines by the form of a model that each loads.

    Where a manifest lists several of these forms, the first here is loaded.
    """

    format_version: int
    manifest_formats: tuple[int, ...]
    alias_formats: tuple[int, ...]
    engines: dict[str, EngineDescription]

    def to_json(self) -> str:
        """The description as the package keeps it; `from_json` gives it back unchanged."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "PackageDescription":
        """Parse what `to_json` wrote; raises Undecodable where it is something else."""
        try:
            return decode_description(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise Undecodable(f"it is not JSON: {error}") from error


def describe(pins: Mapping[str, str], package: str = DEFAULT_PACKAGE) -> PackageDescription:
    """What `package`, one of PACKAGES, would say of itself; `pins` are the versions of its distributions by their
    names."""
    engine = engine_of(package)
    return PackageDescription(
        DESCRIPTION_FORMAT_VERSION,
        manifest_formats=tuple(range(1, MANIFEST_FORMAT_VERSION + 1)),
        alias_formats=(ALIAS_FORMAT_VERSION,),
        engines={PACKAGES[package]: EngineDescription(engine, pinned_versions(pins, engine))},
    )


def decode_description(document: object) -> PackageDescription:
    """The description in `document`; raises Undecodable, also where a later release wrote it."""
    require_format(document, DESCRIPTION_FORMAT_VERSION)
    return decode(PackageDescription, document)


def require_format(document: object, newest: int) -> None:
    """Raise Undecodable where `document` says that it has a later format than `newest`."""
    written = document.get("format_version") if isinstance(document, dict) else None
    if type(written) is int and not 1 <= written <= newest:
        raise Undecodable(f"it has format {written}, and this code reads formats up to {newest}")
