"""A package's way to Lambda and back: zipped as SAM does it, unzipped as Lambda does it.

No build needs it, for `sam deploy` zips by itself. tests/package and bench do, to see a package as it will be when it
runs: every file dated 1980-01-01 (AWS SAM CLI 1.170, `make_zip_with_permissions`), and nothing writable.
"""

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from packager.tree import files_of


def zip_as_sam(tree: Path, archive: Path) -> None:
    """Zip `tree` into `archive`, without the files' dates."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for path in files_of(tree):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix())
            entry.external_attr = path.stat().st_mode << 16
            written.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def unzip_as_lambda(archive: Path, tree: Path) -> None:
    """Unzip `archive` into the new folder `tree`, with the dates of its entries and no right to write.

    Root may write nevertheless: whoever runs the package as root must look whether it did.
    """
    tree.mkdir(parents=True)
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            path = Path(opened.extract(entry, tree))
            seconds = datetime(*entry.date_time, tzinfo=UTC).timestamp()
            os.utime(path, (seconds, seconds))
            path.chmod(0o444)
    for folder, _, _ in os.walk(tree):
        Path(folder).chmod(0o555)
