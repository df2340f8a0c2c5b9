"""Opens the table that a brought model is asked with, in the caller: the isolated process has no credentials for S3."""

import contextlib
import importlib.util
from collections.abc import Iterator

from training.bring.frames.table_of_model.reading import TableForm
from training.data.table.source import CsvForm, is_parquet, open_table
from training.errors import InvalidTable


def require_pandas() -> None:
    """Raise InvalidTable where pandas is not installed."""
    if importlib.util.find_spec("pandas") is None:
        raise InvalidTable(
            "A table for a brought model is read by pandas, which is not installed here: `make install`, or "
            "`pip install pandas`."
        )


@contextlib.contextmanager
def opened_table(
    source: str,
    delimiter: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    encoding: str | None = None,
    missing: tuple[str, ...] = (),
    not_missing: tuple[str, ...] = (),
    sample: int | None = None,
    allow_unknown: bool = False,
) -> Iterator[TableForm]:
    """The table at `source`, a path or `s3://bucket/key`, as a local file and how it is read; raises InvalidTable."""
    require_pandas()
    with open_table(source, CsvForm()) as table:
        yield TableForm(
            path=str(table.path.resolve()),
            name=source,
            dataset=source.rstrip("/").rpartition("/")[2],
            sha256=table.sha256,
            is_parquet=is_parquet(source),
            delimiter=delimiter or ",",
            decimal=decimal or ".",
            thousands=thousands,
            encoding=encoding or "utf-8",
            missing=missing,
            not_missing=not_missing,
            sample=sample,
            allow_unknown=allow_unknown,
        )
