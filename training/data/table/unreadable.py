"""Arrow's errors over a file in our words: what the file is, and what to say of it so that it can be read."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from training.data.text.delimiter import delimiter_hint
from training.errors import InvalidTable

BLOCK_BYTES = 8 * 1024 * 1024
"""How much of a CSV is in memory at a time; one row must fit into it."""


@contextlib.contextmanager
def as_invalid(name: str, path: Path, encoding: str, delimiter: str) -> Iterator[None]:
    """Raise what Arrow raises over the file at `path`, which the person calls `name`, as InvalidTable."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, UnicodeError, LookupError, OSError) as error:
        if isinstance(error, (KeyError, IndexError)):  # no encoding is unknown: a bug of ours
            raise
        raise InvalidTable(_reason(error, name, path, encoding, delimiter)) from error


def not_encoded(name: str, encoding: str) -> str:
    """What to say of a file that is not of the encoding that it was to have."""
    return f"{name} is not {encoding}: say which encoding it has, as in --encoding latin-1."


def _reason(error: Exception, name: str, path: Path, encoding: str, delimiter: str) -> str:
    text = str(error)
    if "Empty CSV file" in text or "file size is 0 bytes" in text:
        return f"{name} is empty: a table has a line of names and then its rows."
    if isinstance(error, LookupError):
        return f"There is no encoding {encoding!r}: --encoding takes Python's names, such as latin-1 or utf-16."
    if isinstance(error, UnicodeError) or "UTF8" in text or "UTF-8" in text:
        return not_encoded(name, encoding)
    if "straddling" in text:
        return f"A row of {name} is longer than {BLOCK_BYTES:,} bytes: a quotation mark may be open."
    hint = _delimiter_hint(path, encoding, delimiter) if "columns, got" in text else ""
    return f"{name} cannot be read: {text.removesuffix('.')}.{hint}"


def _delimiter_hint(path: Path, encoding: str, delimiter: str) -> str:
    with path.open(encoding=encoding, errors="replace") as file:
        names = file.readline(BLOCK_BYTES)
    return "" if delimiter in names else delimiter_hint(names)
