"""What a joblib or pickle file would import and hold, found out without importing or running any of it.

So a model fitted elsewhere can be looked into before anyone says that they trust it, and a version before it is proved.
"""

from dataclasses import dataclass
from typing import Any, BinaryIO

from training.errors import UnpackableArtifact
from training.pickles.following import Follower, Seen, StandIn
from training.pickles.other_files import WRITE_AGAIN, other_kind, text_kind
from training.pickles.unpacking import HEAD_BYTES, CutShort, Unpacked


@dataclass(frozen=True)
class Held:
    """What the file holds: the name of its class, as "module.name", or its own name where it is a class or a function
    (`is_name`). `members` are the contents of a dict, list or tuple: how Python reaches each, and its class.
    """

    name: str
    is_name: bool = False
    members: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PickleContents:
    """The names that the file imports, as "module.name", the scikit-learn versions that wrote its estimators, and what
    it holds."""

    imports: tuple[str, ...]
    sklearn_versions: tuple[str, ...]
    held: Held


def inspect_pickle(file: BinaryIO) -> PickleContents:
    """What `file`, which can seek, would import and hold; read by stream, so that its arrays take no memory.

    Raises UnpackableArtifact where it cannot be followed, and says what it is.
    """
    try:
        return _inspect(file)
    except CutShort as error:
        raise UnpackableArtifact(_CUT_SHORT) from error


def _inspect(file: BinaryIO) -> PickleContents:
    _require_no_other_kind(file.read(HEAD_BYTES), file)
    file.seek(0)
    unpacked, seen = Unpacked(file), Seen()
    if not unpacked.is_plain:
        _require_no_other_kind(unpacked.head, None)
    try:
        held = _held(Follower(unpacked, seen).load())
    except (UnpackableArtifact, CutShort):
        raise
    except Exception as error:
        text = text_kind(unpacked.head, unpacked.is_all_in_head)
        short = unpacked.head.startswith(b"\x80") and unpacked.ended
        raise UnpackableArtifact(text or (_CUT_SHORT if short else _NO_PICKLE)) from error
    return PickleContents(tuple(seen.names), tuple(seen.versions), held)


def _require_no_other_kind(head: bytes, whole: BinaryIO | None) -> None:
    sentence = other_kind(head, whole)
    if sentence is not None:
        raise UnpackableArtifact(sentence)


_CUT_SHORT = f"The file ends before the model does: it was cut short or damaged. Fetch it again, or {WRITE_AGAIN}."
_NO_PICKLE = (
    "The file is neither a joblib nor a pickle file. If it is a model of another library, the function cannot load it; "
    f"if it is one of scikit-learn, {WRITE_AGAIN}."
)


def _held(value: Any) -> Held:
    if isinstance(value, type):
        return Held(_class_of(value), is_name=True)
    if isinstance(value, dict):
        members = [(f"[{key!r}]", item) for key, item in value.items() if isinstance(key, (str, int, float))]
    elif isinstance(value, (list, tuple)):
        members = [(f"[{index}]", item) for index, item in enumerate(value)]
    else:
        members = []
    return Held(_class_of(value), members=tuple((place, _class_of(item)) for place, item in members))


def _class_of(value: Any) -> str:
    """The name of the class of `value`, or the one that `value` is."""
    made = value if isinstance(value, type) else type(value)
    if not issubclass(made, StandIn):
        return f"{made.__module__}.{made.__qualname__}"
    # The two oldest protocols make every object by this function, which they give the class.
    if made.imported == "copyreg._reconstructor" and not isinstance(value, type) and value.arguments:
        return _class_of(value.arguments[0])
    return made.imported
