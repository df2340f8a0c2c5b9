"""Makes of what the function wrote the same bytes that a run on this machine would have made."""

import gzip
from collections import Counter
from typing import Any

from handler.registry.manifest import sha256
from handler.scoring.failures import BrokenChunk
from handler.scoring.lines import read_part, read_refused
from handler.scoring.outcome import Outcome, Refusal
from training.errors import ScoringFailed
from training.scoring.made import Scored
from training.scoring.on_aws.bucket import JobFolder
from training.scoring.on_aws.chunks import Names
from training.scoring.on_aws.receipts import RemoteReceipt
from training.scoring.on_aws.sending import Sent
from training.scoring.running.version import Chosen
from training.scoring.writing.columns import columns_of
from training.scoring.writing.encoding import encoded_answers, encoded_refusals


def collected(folder: JobFolder, chosen: Chosen, sent: Sent, receipt: RemoteReceipt) -> Scored:
    """What became of the rows of one chunk, whose receipt is there.

    The columns that are kept come from the shelf: they were not uploaded. Raises ScoringFailed where what was written
    does not have exactly its rows.
    """
    import pyarrow as pa

    names = Names.of(sent.part)
    part = _verified(folder, names.part, receipt.part_sha256)
    refused = _verified(folder, names.refused, receipt.refused_sha256) if receipt.refused else b""
    values = sent.part.chunk.read(chosen.manifest.features)
    places = {row: place for place, row in enumerate(values.rows.tolist())}
    answers: list[dict[str, Any] | None] = [None] * len(places)
    refusals: dict[int, Refusal] = {}
    count = 0
    try:
        for row, _, answer in read_part(part):
            answers[places.get(row, 0)] = answer
            count += 1
        for row, _, refusal in read_refused(refused):
            refusals[places.get(row, 0)] = refusal
            count += 1
    except BrokenChunk as error:
        raise ScoringFailed(f"what is on S3 cannot be read: {error}") from None
    gaps = {place for place, answer in enumerate(answers) if answer is None}
    if gaps != refusals.keys() or count != len(places) or (count, len(refusals)) != (receipt.rows, receipt.refused):
        raise ScoringFailed(f"what is on S3 are not the answers to its {len(places)} rows")
    rows, outcome = pa.array(values.rows), Outcome(answers, refusals)
    form = sent.part.format
    return Scored(
        encoded_answers(form, rows, values.kept, outcome, columns_of(chosen.manifest)),
        encoded_refusals(form, rows, values.kept, refusals) if refusals else None,
        len(places),
        dict(sorted(Counter(refusal.code for refusal in refusals.values()).items())),
        receipt.seconds,
    )


def _verified(folder: JobFolder, name: str, digest: str) -> bytes:
    """The lines of a file that has the digest that its receipt says; raises ScoringFailed."""
    data = folder.get(name)
    if data is None:
        raise ScoringFailed(f"there is a receipt on S3, but no {name}")
    if sha256(data) != digest:
        raise ScoringFailed(f"{name} on S3 was changed after it was written")
    return gzip.decompress(data)
