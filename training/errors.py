"""What only writing and training can meet; what reading can meet is in `handler.errors`, whose base they share.

SklearnOnLambdaError
├── UnprovedArtifact         it does not load or does not repeat its example in a fresh process
├── InvalidFolder            not a folder that `train` wrote
└── WriteConflict            somebody else was first; nothing was changed
    ├── VersionExists
    └── AliasMoved
"""

from handler.errors import SklearnOnLambdaError


class UnprovedArtifact(SklearnOnLambdaError):
    """The artifact failed its proof in a fresh process; the text carries that process' reason."""


class InvalidFolder(SklearnOnLambdaError):
    """The folder to publish lacks a file."""


class NothingBefore(SklearnOnLambdaError):
    """No other version served under the alias before."""


class WriteConflict(SklearnOnLambdaError):
    """A write was refused because the place no longer is what the writer saw."""


class VersionExists(WriteConflict):
    """The version is in the registry already, or a file of it with other bytes."""


class AliasMoved(WriteConflict):
    """Somebody else promoted between our look at the alias and our write."""
