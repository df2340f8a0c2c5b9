"""From a fitted estimator to a version in a registry, in one call.

It goes the very way of `package --table` and `publish`: the estimator is written to a file, and looked into, asked,
rewritten, proved and measured in isolated processes. What those commands refuse, this refuses in the same words.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import PicklingError
from typing import Any

import joblib
from sklearn.base import is_classifier, is_regressor

from handler.registry.alias import is_alias_name
from handler.settings import DEFAULT_ALIAS
from training.bring.frames.framed_model import package_with_table
from training.bring.frames.table_of_model.opening import require_pandas
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.loadable import require_loadable
from training.bring.stated import Stated
from training.code.archive import code_archive, require_sound_code
from training.console import person, working
from training.errors import UnpackableArtifact
from training.folder.places import without_caches
from training.function_environment import every_package_s_libraries
from training.notebook.table import Table, table_of
from training.pickles.imports import inspect_pickle
from training.release.alias_move import Release
from training.release.compared.publication import publish_compared
from training.release.gate.check import Comparison
from training.release.promote import current_user
from training.release.promote import promote as promote_version
from training.release.publish import read_folder
from training.release.stores.schemes import open_writable_store

SUPPLIED = "X_test"
"""What the table is called in sentences and in the manifest."""


@dataclass(frozen=True)
class Published:
    """A version that was published into the registry `uri`, what it scored on the rows given, and how it compared."""

    version: str
    uri: str
    metrics: dict[str, float]
    comparison: Comparison


def publish_model(
    model: Any,
    X_test: Any,
    y_test: Any = None,
    *,
    uri: str,
    name: str | None = None,
    target: str | Sequence[str] | None = None,
    classes: Sequence[str] | Sequence[Sequence[str]] | None = None,
    metric: str | None = None,
    code: str | Path | Sequence[str | Path] | None = None,
    alias: str = DEFAULT_ALIAS,
    promote: bool = False,
    force: bool = False,
    reason: str | None = None,
    allow_unknown: bool = False,
    twin: bool = True,
) -> Published:
    """Publish a fitted estimator as a version of the model at `uri` (s3://bucket/prefix or a directory).

    `X_test` are rows as the model takes them, of shape (rows, features): a DataFrame, an array or lists; best ones that
    it was not fitted to. `y_test` are the true answers, of shape (rows,) or (rows, targets); None for what is fitted
    without. The model is proved and measured on them, and compared on them with the version that serves as `alias`.
    `name` is the model's, else the last part of `uri`; `target` the name of what is predicted, or the names; `classes`
    name a classifier's, in the order of its classes_, of several targets a list for each; `metric` is the scorer of
    scikit-learn that the gate uses; `code` are modules of yours that the model imports, or folders of them, which
    travel with the version and run in the function with its rights; `allow_unknown` lets the API take categories that
    neither model nor rows have. `promote` lets the version serve at once; `force` publishes what falls short of the
    gate, and needs a `reason`. Without `twin` no ONNX form is made.

    Raises a SklearnOnLambdaError that says what to change; then nothing was published.
    """
    _require_usable(model, y_test, alias, force, reason)
    store = open_writable_store(uri)
    own_names = [str(one) for one in getattr(model, "feature_names_in_", ())]
    table = table_of(X_test, y_test, own_names, target)
    called = name or uri.rstrip("/").rpartition("/")[2] or "model"
    with tempfile.TemporaryDirectory(prefix="publish-") as scratch:
        folder = Path(scratch, "version")
        archive = code_archive(_paths(code)) if code else None
        file = _dumped(model, Path(scratch, "model.joblib"), archive)
        targets = table.targets or _targets(target)
        stated = Stated(called, None, _classes(classes), targets, ()).with_code(archive)
        form = _written(table, Path(scratch, "rows.pickle"), allow_unknown)
        every_package_s_libraries()  # says so where it makes them, which a progress would hide
        with working("Asking the model the rows, turning it, proving it, measuring it"):
            packaged = package_with_table(file, stated, form, folder, metric, twin=twin)
        for note in packaged.notes:
            person().print(note)
        if packaged.twin is not None:
            person().print(packaged.twin.sentence)
        trained = read_folder(folder)
        comparison = publish_compared(store, trained, folder, alias, reason, force)
    version = trained.manifest.version
    if promote:
        with working("Proving and promoting"):
            promote_version(store, Release(version, alias, current_user(), reason or "Published to serve at once."))
    return Published(version, uri, trained.manifest.metrics, comparison)


def _require_usable(model: Any, truth: Any, alias: str, force: bool, reason: str | None) -> None:
    """Raise what is wrong with the arguments, before anything takes time."""
    require_pandas()
    if not is_alias_name(alias):
        raise UnpackableArtifact(f"alias is {alias!r}: take lower-case letters, digits, '-' and '_', up to 63 of them.")
    if force and not (reason or "").strip():
        raise UnpackableArtifact("force needs a reason: it is kept beside the version.")
    is_supervised = hasattr(model, "predict") and (is_classifier(model) or is_regressor(model))
    if truth is None and is_supervised:
        raise UnpackableArtifact(
            "Give y_test, the true answers to the rows of X_test: a classifier or regressor is measured on them, and "
            "each later version compared."
        )


def _classes(given: Sequence[str] | Sequence[Sequence[str]] | None) -> tuple[tuple[str, ...], ...] | None:
    """The names of the classes of each target that has any."""
    lists = [[one] if isinstance(one, str) else list(one) for one in given or ()]
    if given and isinstance(given[0], str):
        lists = [[name for names in lists for name in names]]
    return tuple(map(tuple, lists)) or None


def _dumped(model: Any, file: Path, archive: bytes | None = None) -> Path:
    try:
        with without_caches(model):
            joblib.dump(model, file)
    except (PicklingError, AttributeError, TypeError) as error:
        raise UnpackableArtifact(
            f"The model cannot be written to a file ({str(error).splitlines()[0]}): a lambda, or a function or class "
            "defined within another, is in it. Define it at the top of a module of yours, and fit again."
        ) from error
    with file.open("rb") as opened:
        own = require_sound_code(archive) if archive is not None else ()
        require_loadable(inspect_pickle(opened), with_frames=True, own=own)
    return file


def _written(table: Table, file: Path, allow_unknown: bool) -> TableForm:
    """The table in a file. As a pickle: Parquet keeps neither None beside NaN nor columns of objects."""
    table.frame.to_pickle(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return TableForm(
        str(file), SUPPLIED, SUPPLIED, digest, is_parquet=False, is_pickled=True, allow_unknown=allow_unknown
    )


def _paths(code: str | Path | Sequence[str | Path]) -> list[Path]:
    given = [code] if isinstance(code, (str, Path)) else list(code)
    absent = [str(path) for path in given if not Path(path).exists()]
    if absent:
        raise UnpackableArtifact(f"code names {absent[0]}, which is not there: give a module of yours, or a folder.")
    return [Path(path) for path in given]


def _targets(target: str | Sequence[str] | None) -> tuple[str, ...]:
    return (target,) if isinstance(target, str) else tuple(target or ("target",))
