"""What a worker of a cluster is given: this project's code as it is here, and the version's files, in one archive."""

import io
import zipfile
from pathlib import Path

CODE = ("handler", "training")

VERSION = "version"
"""The folder in the archive that is a directory registry with the version alone."""


def bundle(registry: Path) -> bytes:
    """The archive, with the directory registry `registry`."""
    root = Path(__file__).parents[3]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for package in CODE:
            for file in sorted((root / package).rglob("*.py")):
                archive.write(file, file.relative_to(root).as_posix(), zipfile.ZIP_DEFLATED)
        for file in sorted(registry.rglob("*")):
            if file.is_file():
                archive.write(file, f"{VERSION}/{file.relative_to(registry).as_posix()}")
    return packed.getvalue()
