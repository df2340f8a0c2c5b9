"""Errors of writing and training alone; those of reading are in `handler.errors`, and share their base.

SklearnOnLambdaError
├── TrainingError            what was asked for cannot be trained
│   ├── InvalidTable         a CSV or Parquet file that no model can be trained on as it stands
│   ├── InvalidModelFile     a TOML file, or options, that describe no model
│   ├── FitFailed            scikit-learn refused the data or the parameters
│   └── OtherVersionsInstalled  the libraries here are not those that the function has
├── NoFunctionEnvironment    the libraries to prove models with could not be installed
├── UnprovedArtifact         imports what no model may, or does not repeat its example in a fresh process
├── UnpackableArtifact       a file made elsewhere that Lambda could not load, or that nobody trusts
├── NoTwin                   the model has no ONNX form that answers as it does
├── InvalidFolder            not a folder that `train` or `package` wrote
├── GateFailed               worse than the version that serves, or not comparable with it
├── PortTaken                no place to serve on this machine
├── NothingBefore            no release to go back to
├── UnknownLogGroup          it is not known where the windows of a model are
├── UnreadableLog            a file is no log that can be read
├── NoWindowCounted          the windows that there are cannot be counted
├── UnusableOutput           no place to write parts into
├── ScoringFailed            a part could not be scored, or nobody is there to score it
├── UnservableVersion        a deployed function that serves the alias could not serve it
├── InvalidFunctionRecord    what a deployed function could serve cannot be known
├── NoFunctionRecord         no such function is on record
└── WriteConflict            somebody else was first; the text says what stands now
    ├── VersionExists
    ├── AliasMoved
    └── RecordMoved
"""

from collections.abc import Sequence

from handler.errors.base import SklearnOnLambdaError

MOST_LISTED = 100
"""A sentence lists so many names of a longer list."""


def listed(names: Sequence[str]) -> str:
    """The names, for the sentence of an error."""
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more


class TrainingError(SklearnOnLambdaError):
    """What was asked for cannot be trained; the text says what to change."""


class InvalidTable(TrainingError):
    """The table cannot be read, or holds what no model can be trained on."""


class InvalidModelFile(TrainingError):
    """The description of the model, in a TOML file or in options, has a mistake."""


class FitFailed(TrainingError):
    """scikit-learn raised while it fitted or searched; the text carries its reason."""


class OtherVersionsInstalled(TrainingError):
    """A library is installed in a version under which the function loads no model; the text names it."""


class NoFunctionEnvironment(SklearnOnLambdaError):
    """handler/requirements.txt could not be installed for isolated processes; the text says why and what to do."""


class UnprovedArtifact(SklearnOnLambdaError):
    """The artifact imports what no model may, which the text names, or it failed its proof in a fresh process, whose
    reason the text carries."""


class UnpackableArtifact(SklearnOnLambdaError):
    """The file cannot become a version; the text names the import or the line to change."""


class NoTwin(SklearnOnLambdaError):
    """The model has no ONNX form that answers as its joblib form does; the text says why, and the version goes without
    one."""


class GateFailed(SklearnOnLambdaError):
    """The new version fell short of the one that serves; nothing was published."""


class InvalidFolder(SklearnOnLambdaError):
    """The folder to publish lacks a file."""


class PortTaken(SklearnOnLambdaError):
    """The port to serve on is in use, or not for this user."""


class NothingBefore(SklearnOnLambdaError):
    """No other version served under the alias before."""


class UnknownLogGroup(SklearnOnLambdaError):
    """No function on record serves the alias, or several do; the text says what to give."""


class UnreadableLog(SklearnOnLambdaError):
    """A file of log lines cannot be read to its end; the text names it."""


class NoWindowCounted(SklearnOnLambdaError):
    """There are windows, and all of them were refused; the text says why."""


class UnusableOutput(SklearnOnLambdaError):
    """The place for parts has other files, is used by another run, or is no place; the text says which."""


class ScoringFailed(SklearnOnLambdaError):
    """A part was not scored, however often it was tried, or no worker can be asked; the text names it. Parts that were
    written stay, and count."""


class UnservableVersion(SklearnOnLambdaError):
    """A function on record that serves the alias cannot read the version, or has no room for it; nothing changed."""


class InvalidFunctionRecord(SklearnOnLambdaError):
    """The record of a deployed function is not one that this checkout can read."""


class NoFunctionRecord(SklearnOnLambdaError):
    """The registry has no record of this stack's function."""


class WriteConflict(SklearnOnLambdaError):
    """A write was refused because the place no longer is what the writer saw."""


class VersionExists(WriteConflict):
    """The version is in the registry already, or a file of it with other bytes."""


class AliasMoved(WriteConflict):
    """Somebody else promoted between our look at the alias and our write, or just after it."""


class RecordMoved(WriteConflict):
    """Another deploy of the same stack was recorded between our look and our write."""
