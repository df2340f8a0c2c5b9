"""Which names a user's own module may have: none that is taken where the model is proved or where it serves."""

import keyword
from collections.abc import Iterable

from handler.engines.own_code.modules import ROOT
from training.code.standard import EVERY_STANDARD
from training.errors import UnpackableArtifact
from training.function_environment import package_libraries

_OF_PROJECT = ("__main__", "handler", "training")
OF_LAMBDA = frozenset(
    {"awslambdaric", "bootstrap", "boto3", "botocore", "dateutil", "jmespath", "runtime_client", "s3transfer"}
    | {"simplejson", "six", "snapshot_restore_py", "urllib3"}
)
"""What Lambda's Python runtime brings beside the standard library (AWS Lambda Developer Guide, "Lambda runtimes"). No
model may need it: it changes without notice, and no proof has it."""

_OF_TRAINING = ("matplotlib", "pandas", "pyarrow")
"""What the processes have that compare a model with what it was fitted on."""


def require_free(names: Iterable[str]) -> None:
    """Raise UnpackableArtifact where one of these modules, by their dotted names, has a name that it cannot have."""
    taken = {*_OF_PROJECT, *OF_LAMBDA, *_OF_TRAINING, *_shipped()}
    for name in names:
        top = name.partition(".")[0]
        if any(not part.isidentifier() or keyword.iskeyword(part) for part in name.split(".")):
            raise UnpackableArtifact(
                f"{name!r} is no name that Python can import: rename the file or folder to letters, digits and _, "
                "fit with it under that name, and dump again."
            )
        if top in taken or top in EVERY_STANDARD or top.startswith(ROOT):
            whose = "Python's standard library" if top in EVERY_STANDARD else "what the function or this project has"
            raise UnpackableArtifact(
                f"The module {top} has a name of {whose}, and would hide it: rename the file, such as to my_{top}.py, "
                "fit with it under that name, and dump again."
            )


def _shipped() -> set[str]:
    """The top-level names that are importable of the function's libraries."""
    found = {path.name.partition(".")[0] for path in package_libraries().iterdir()}
    return {name for name in found if name.isidentifier()}
