"""Which columns of a file are an index that pandas wrote beside the data.

`training.data.columns.reading` leaves them out, unless an option names them: an index says where a row stood, which may
give the answer away in the file and means nothing in a request. A CSV has no place to tell its index; what can be known
there is a matter of names.
"""

import json
import re
from collections.abc import Mapping, Sequence


def index_columns(metadata: Mapping[bytes, bytes] | None, names: Sequence[str]) -> tuple[str, ...]:
    """Those of a Parquet file's columns that pandas' metadata calls an index, or that bear the name it gives one.

    pandas developer documentation, "Storing pandas DataFrame objects in Apache Parquet format": `index_columns` lists
    names, and for an index that is a range, and so no column, an object.
    """
    try:
        told = json.loads((metadata or {}).get(b"pandas", b"{}"))["index_columns"]
    except (ValueError, LookupError, TypeError):
        told = []
    known = told if isinstance(told, list) else []
    return tuple(name for name in names if name in known or re.fullmatch(r"__index_level_\d+__", name))


def is_read_back(name: str) -> bool:
    """Whether pandas names a column so that had no name in the CSV it read: its own index, as a rule."""
    return re.fullmatch(r"Unnamed: \d+(\.\d+)*", name) is not None
