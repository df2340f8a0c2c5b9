"""The two architectures that a package can be built for.

Each is a folder in packager/targets/ with an empty folder for each package of `handler.engines.shipped`, because `sam
build` can give a Makefile the architecture and the engine in no other way: it passes on no parameter, but resolves
parameters in the resource's `Metadata: WorkingDirectory` (AWS SAM CLI 1.170,
`ApplicationBuilder._get_working_directory_path`).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

TARGETS = Path(__file__).parent / "targets"


@dataclass(frozen=True)
class Target:
    """`architecture` as Lambda spells it, `machine` as wheel tags do, `elf_machine` as shared libraries do, which also
    name the dynamic `loader` where they need it."""

    architecture: str
    machine: str
    elf_machine: int
    loader: str


def architectures() -> list[str]:
    """The architectures that there are targets for."""
    return sorted(folder.name for folder in TARGETS.iterdir() if folder.is_dir())


def load_target(architecture: str) -> Target:
    """The target of that name; raises FileNotFoundError where `architectures` does not have it."""
    return Target(architecture, **tomllib.loads((TARGETS / architecture / "target.toml").read_text()))
