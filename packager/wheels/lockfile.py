"""The pins that a package is built from: handler/requirements.txt, as `uv pip compile --generate-hashes` writes it.

pip parses it too. It is parsed here so that a cached wheel can be compared with its pin without asking pip, so that a
lock which pip would read differently on each host is refused, and so that it pins what is said to ship.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from packager.errors import BadLock

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)\s*(?P<marker>;[^\\]*?)?\s*(?P<options>--hash=.*)?")
SOURCE_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?===|\s*$)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """One distribution: its normalised name (PEP 503), its version, and the SHA-256 of every file that it may be."""

    name: str
    version: str
    hashes: frozenset[str]


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_lock(text: str) -> tuple[Pin, ...]:
    """The pins of a requirements file; raises BadLock at a line that is no hashed pin without a marker."""
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return tuple(_parse_pin(line.strip()) for line in lines if line.strip() and not line.lstrip().startswith("#"))


def require_stated(stated: Collection[str], source: str, lock: str) -> None:
    """Raise BadLock unless `source`, of which `lock` was made, pins each distribution of `stated` and no other."""
    pinned = {normalised(name) for name in SOURCE_PIN.findall(source)}
    if missing := sorted(set(stated) - pinned):
        raise BadLock(
            f"handler/engines/shipped.py says that {', '.join(missing)} ships, and handler/requirements.in does not "
            "pin it: pin it there and run `make lock`, or take its line out."
        )
    if more := sorted(pinned - set(stated)):
        raise BadLock(
            f"handler/requirements.in pins {', '.join(more)}, and handler/engines/shipped.py does not say that it "
            "ships: add its line there, or take the pin out."
        )
    if unlocked := sorted(pinned - {pin.name for pin in parse_lock(lock)}):
        raise BadLock(f"handler/requirements.txt lacks {', '.join(unlocked)}: run `make lock`.")


def _parse_pin(line: str) -> Pin:
    match = PIN.fullmatch(line)
    hashes = frozenset(HASH.findall(line))
    if match is None or not hashes:
        raise BadLock(f"The lock must have only lines like 'name==1.2.3 --hash=sha256:…'; one is {line[:80]!r}.")
    if match["marker"]:
        # pip would evaluate it for the machine that builds, not for the one that runs the function.
        raise BadLock(
            f"{match['name']} has the marker {match['marker'].strip('; ')!r}, which the machine that builds would "
            "decide. Only what Lambda needs belongs in this lock: pin it there without a marker, or leave it out."
        )
    return Pin(normalised(match["name"]), match["version"], hashes)
