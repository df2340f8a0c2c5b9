"""Which columns of a file are an index that pandas wrote beside the data.

An index says where a row stood, which may give the answer away in the file and means nothing in a request. A CSV does
not say which column is its index: there, only the names can show it.
"""

import json
import re
from collections.abc import Mapping, Sequence


def index_columns(metadata: Mapping[bytes, bytes] | None, names: Sequence[str]) -> tuple[str, ...]:
    """The columns of a Parquet file that pandas' metadata calls an index, or whose name pandas gives to one.

    pandas developer documentation, "Storing pandas DataFrame objects in Apache Parquet format": `index_columns` lists
    names; for an index that is a range, and so no column, it has an object.
    """
    try:
        listed = json.loads((metadata or {}).get(b"pandas", b"{}"))["index_columns"]
    except (ValueError, LookupError, TypeError):
        listed = []
    known = listed if isinstance(listed, list) else []
    return tuple(name for name in names if name in known or re.fullmatch(r"__index_level_\d+__", name))


def is_read_back(name: str) -> bool:
    """Whether pandas gives this name to a column that has none in a CSV: as a rule, an index that it wrote."""
    return re.fullmatch(r"Unnamed: \d+(\.\d+)*", name) is not None
