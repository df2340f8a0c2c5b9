"""What one writes first to score a table: pandas reads so many rows, the model is asked, and the answers are appended.

Run by path, as a process of its own that knows nothing of this project:

    python plain.py MODEL.joblib TABLE OUT       (CSV to CSV, Parquet to Parquet)
"""

import sys
from collections.abc import Iterator
from typing import Any

import joblib
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

ROWS = 50_000


def chunks(path: str) -> Iterator[pd.DataFrame]:
    """The rows, so many at a time."""
    if path.endswith(".parquet"):
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches(ROWS):
            yield batch.to_pandas()
    else:
        yield from pd.read_csv(path, chunksize=ROWS)


def answers(model: Any, rows: pd.DataFrame) -> pd.DataFrame:
    """The key, the prediction and the probabilities of each row."""
    features = rows.drop(columns="id")
    said = pd.DataFrame({"id": rows["id"], "prediction": model.predict(features)})
    said[[f"probabilities.{name}" for name in model.classes_]] = model.predict_proba(features)
    return said


def main(fitted: str, table: str, out: str) -> None:
    model, writer = joblib.load(fitted), None
    for at, rows in enumerate(chunks(table)):
        said = answers(model, rows)
        if not table.endswith(".parquet"):
            said.to_csv(out, index=False, mode="a" if at else "w", header=not at)
            continue
        batch = pa.Table.from_pandas(said, preserve_index=False)
        writer = writer or pyarrow.parquet.ParquetWriter(out, batch.schema)
        writer.write_table(batch)
    if writer:
        writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
