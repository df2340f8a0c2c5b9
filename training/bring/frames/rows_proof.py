"""Proves a rewritten model on rows: asked in JSON, it must answer what it answered to the DataFrame.

Where it does not, the row and the column are found that make the difference.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from handler.registry.chain import VerifiedArtifact
from training.bring.frames.frames_process import FrameInspected
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.stated import Stated
from training.errors import UnpackableArtifact, UnprovedArtifact
from training.isolation import ProcessFailed, run_isolated
from training.release.proof import run_on_version

SCRIPT = Path(__file__).with_name("rows_process.py")
FAULT_SCRIPT = Path(__file__).with_name("fault_process.py")


@dataclass(frozen=True)
class Proved:
    """Over how many rows; how many answers differed at all, by `largest` at most as a share of the number."""

    rows: int
    inexact: int
    largest: float


def prove_rows(
    draft: VerifiedArtifact, model: Path, stated: Stated, table: TableForm, inspected: FrameInspected, folder: Path
) -> Proved:
    """Prove `draft` on the rows and answers that its inspection left in `folder`.

    Raises UnpackableArtifact with the row and the column where an answer differs or the API would refuse the row,
    UnprovedArtifact where it does not load.
    """
    found = _asked(draft, folder / "rows.json", folder / "answers.json", inspected.rows)
    if "refused" in found:
        raise UnpackableArtifact(_refusal(found["refused"][0], table, inspected))
    if found["wrong"]:
        column = _column_at_fault(draft, model, stated, table, inspected, found, folder)
        raise UnpackableArtifact(_difference(found, column, table, inspected))
    return Proved(found["rows"], found["inexact"], found["largest"])


def _asked(draft: VerifiedArtifact, rows: Path, answers: Path, together: int) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = run_on_version(SCRIPT, draft, str(rows), str(answers), together)
    except ProcessFailed as failure:
        raise UnprovedArtifact(f"{draft.manifest.version} would not serve the table: {failure}") from failure
    return answer


def _refusal(problem: dict[str, Any], table: TableForm, inspected: FrameInspected) -> str:
    column = f", column {problem['feature']!r}" if problem["feature"] else ""
    where = "" if problem["row"] is None else f" {_named(problem['row'], table, inspected)}{column}"
    return f"The API would refuse{where}: {problem['problem']}. Correct the value or leave the row out."


def _difference(found: dict[str, Any], column: str | None, table: TableForm, inspected: FrameInspected) -> str:
    row = _named(found["wrong_row"], table, inspected)
    at_fault = f" The column {column!r} makes the difference." if column else ""
    advice = f"Fit the model to frame[{column!r}] of one plain type" if column else "Fit the model to frame.to_numpy()"
    return (
        f"The model cannot be turned exactly: {found['wrong']:,} of {found['rows']:,} answers from JSON differ from "
        f"those to the DataFrame, first {row}: {_shown(found['got'])}, not {_shown(found['expected'])}.{at_fault} "
        f"{advice}, or do the step that needs a DataFrame before the request."
    )


def _named(row: int, table: TableForm, inspected: FrameInspected) -> str:
    if row < inspected.rows:
        return f"row {row} of {table.name}"
    return f"a row made of the first one of {table.name}, with a gap or an unseen category"


def _shown(answer: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in answer.items() if name != "prediction_index"}, ensure_ascii=False)


def _column_at_fault(
    draft: VerifiedArtifact,
    model: Path,
    stated: Stated,
    table: TableForm,
    inspected: FrameInspected,
    found: dict[str, Any],
    folder: Path,
) -> str | None:
    """The column whose value, taken from a row that agrees, makes the two agree; None where no one column does."""
    wrong: int = found["wrong_row"]
    right: int | None = found["right_row"]
    if wrong >= inspected.rows:
        return inspected.made[wrong - inspected.rows]
    if right is None or right >= inspected.rows:
        return None
    arguments = (str(model.resolve()), asdict(stated), asdict(table), draft.manifest.to_json(), wrong, right)
    try:
        varied = run_isolated(FAULT_SCRIPT, *arguments, with_training=True)
    except ProcessFailed:
        return None  # the model does not answer such rows, and the difference is told without its column
    for name, document in varied.items():
        (folder / f"varied_{name}.json").write_text(json.dumps(document), encoding="utf-8")
    asked = _asked(draft, folder / "varied_rows.json", folder / "varied_answers.json", len(varied["rows"]))
    agreeing = set(range(len(varied["rows"]))) - set(asked.get("wrong_rows", range(len(varied["rows"]))))
    return draft.manifest.features[min(agreeing)].name if agreeing else None
