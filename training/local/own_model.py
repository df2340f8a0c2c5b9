"""The three commands that make a URL of somebody's own model, with their files' names where these are known.

Nothing is opened: a model's file runs code when it is loaded, and its name is enough here.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

MODEL, TABLE, TARGET = "YOUR-MODEL.joblib", "YOUR-TABLE.csv", "YOUR-COLUMN"
"""What stands where no name is known."""

MODELS = ("*.joblib", "*.pkl")
TABLES = (".csv", ".parquet")
LONGEST_NAME = 63

PUBLISH = '.venv/bin/python -m training publish packaged --promote --reason "first version"'
"""The command that makes a deployed stack serve what `package` wrote."""


@dataclass(frozen=True)
class OwnModel:
    """Somebody's model, the table that it answers and the column that it predicts; `missing` are not where named."""

    model: str
    table: str
    target: str
    missing: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether there is a file, rather than a word in its place."""
        return self.model != MODEL


def own_model(folder: Path, model: str | None, table: str | None, target: str | None) -> OwnModel:
    """The files that were named; else the only model in `folder`, with the table beside it that has its name."""
    missing = tuple(name for name in (model, table) if name and "://" not in name and not (folder / name).is_file())
    model = model or _only_model(folder) or MODEL
    return OwnModel(model, table or _table_beside(folder, model) or TABLE, target or TARGET, missing)


def commands(own: OwnModel) -> tuple[str, str, str]:
    """What to type: package, deploy, publish."""
    model, table, target = map(shlex.quote, (own.model, own.table, own.target))
    return (
        f".venv/bin/python -m training package {model} --table {table} --target {target} --out packaged --trust",
        f"make deploy MODEL_NAME={model_name(own.model)} && . .aws-sam/environment",
        PUBLISH,
    )


def model_name(file: str) -> str:
    """A name that the template's ModelName takes, from the file's: lower-case letters, digits, '-' and '_'."""
    stem = file.rstrip("/").rpartition("/")[2].partition(".")[0].lower()
    return re.sub(r"[^a-z0-9_]+", "-", stem).strip("-_")[:LONGEST_NAME] or "model"


def _only_model(folder: Path) -> str | None:
    found = [path.name for pattern in MODELS for path in folder.glob(pattern) if path.is_file()]
    return found[0] if len(found) == 1 else None


def _table_beside(folder: Path, model: str) -> str | None:
    beside = (Path(model).with_suffix(ending) for ending in TABLES)
    return next((str(path) for path in beside if (folder / path).is_file()), None)
