"""What a joblib or pickle file would import and hold, found out without importing or running any of it.

So a model fitted elsewhere can be looked into before anyone says that they trust it. The pickle's opcodes are followed
with stand-ins in place of everything that they name; the raw bytes of arrays, which joblib writes between them, are
skipped.
"""

import _compat_pickle
import bz2
import gzip
import io
import lzma
import pickle
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from training.bring.pickles.other_files import WRITE_AGAIN, other_kind, text_kind
from training.errors import UnpackableArtifact

_SIZED = re.compile(r"[<>|=]?[biufcmMSUV]\d+|\?")

_COMPRESSIONS: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", gzip.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ", lzma.decompress),
    (b"\x5d\x00\x00", lzma.decompress),
    (b"x\x01", zlib.decompress),
    (b"x\x5e", zlib.decompress),
    (b"x\x9c", zlib.decompress),
    (b"x\xda", zlib.decompress),
)


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


def inspect_pickle(data: bytes) -> PickleContents:
    """What `data` would import and hold; raises UnpackableArtifact where it cannot be followed, and says what it is."""
    _require_no_other_kind(data)
    try:
        unpacked = _decompressed(data)
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        raise UnpackableArtifact(_CUT_SHORT) from error
    if unpacked is not data:
        _require_no_other_kind(unpacked)
    try:
        return _scan(unpacked)
    except UnpackableArtifact:
        raise
    except Exception as error:
        # A pickle that was written to its end ends with STOP, after whatever joblib writes of arrays.
        short = unpacked.startswith(b"\x80") and not unpacked.endswith(pickle.STOP)
        raise UnpackableArtifact(text_kind(unpacked) or (_CUT_SHORT if short else _NO_PICKLE)) from error


_CUT_SHORT = f"The file ends before the model does: it was cut short or damaged. Fetch it again, or {WRITE_AGAIN}."
_NO_PICKLE = (
    "The file is neither a joblib nor a pickle file. If it is a model of another library, the function cannot load it; "
    f"if it is one of scikit-learn, {WRITE_AGAIN}."
)


def _require_no_other_kind(data: bytes) -> None:
    sentence = other_kind(data)
    if sentence is not None:
        raise UnpackableArtifact(sentence)


def _decompressed(data: bytes) -> bytes:
    for magic, decompress in _COMPRESSIONS:
        if data.startswith(magic):
            return decompress(data)
    return data


def _scan(data: bytes) -> PickleContents:
    names: dict[str, None] = {}
    versions: dict[str, None] = {}
    stream = io.BytesIO(data)
    held = _held(_Follower(stream, names, versions).load())
    return PickleContents(tuple(names), tuple(versions), held)


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
    if not issubclass(made, _StandIn):
        return f"{made.__module__}.{made.__qualname__}"
    # The two oldest protocols make every object by this function, which they give the class.
    if made.imported == "copyreg._reconstructor" and not isinstance(value, type) and value.arguments:
        return _class_of(value.arguments[0])
    return made.imported


class _StandIn:
    """Stands in for whatever the file names: takes any call and any state, and does nothing."""

    imported = ""
    arguments: tuple[Any, ...] = ()
    state: Any = None

    def __new__(cls, *arguments: Any, **_: Any) -> "_StandIn":
        made = super().__new__(cls)
        made.arguments = arguments
        return made

    def __init__(self, *_: Any, **__: Any) -> None:
        """The arguments are kept by __new__, which a pickle may call without this."""

    def __call__(self, *_: Any, **__: Any) -> "_StandIn":
        return _StandIn()

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def append(self, _: Any) -> None:
        """As a list takes an item."""

    def extend(self, _: Any) -> None:
        """As a list takes items."""

    def add(self, _: Any) -> None:
        """As a set takes an item."""

    def __setitem__(self, _: Any, __: Any) -> None:
        """As a dict takes an item."""

    def __hash__(self) -> int:
        return id(self)


# The unpickler in Python, unlike the one in C, can be watched at each opcode. It has no public name, so no type.
_PurePython: Any = pickle._Unpickler


class _Follower(_PurePython):  # type: ignore[misc] # as above
    def __init__(self, stream: io.BytesIO, names: dict[str, None], versions: dict[str, None]) -> None:
        super().__init__(stream)
        self.stream, self.names, self.versions = stream, names, versions

    def find_class(self, module: str, name: str) -> Any:
        if self.proto < 3:
            # These protocols were for Python 2 too, and use its names.
            module, name = _compat_pickle.NAME_MAPPING.get((module, name), (module, name))
            module = _compat_pickle.IMPORT_MAPPING.get(module, module)
        imported = f"{module}.{name}"
        self.names[imported] = None
        return type(name.rpartition(".")[2], (_StandIn,), {"imported": imported})

    def persistent_load(self, _: Any) -> Any:
        return _StandIn()

    def newobj(self) -> None:
        arguments = self.stack.pop()
        self._make(self.stack.pop(), arguments)

    def newobj_ex(self) -> None:
        self.stack.pop()
        self.newobj()

    def _make(self, cls: Any, arguments: Any) -> None:
        """As NEWOBJ does, but a class that the file itself made, as cloudpickle's files do, is not a class here."""
        self.append(cls.__new__(cls, *arguments) if isinstance(cls, type) else _StandIn())

    def build(self) -> None:
        state, made = self.stack[-1], self.stack[-2]
        _PurePython.load_build(self)
        if isinstance(state, dict) and "_sklearn_version" in state:
            self.versions[str(state["_sklearn_version"])] = None
        if getattr(made, "imported", "") == "joblib.numpy_pickle.NumpyArrayWrapper":
            self._skip_array(made.state)

    def _skip_array(self, state: dict[str, Any]) -> None:
        """Past the bytes of one array, as joblib.numpy_pickle.NumpyArrayWrapper.read_array reads them."""
        spelled = state["dtype"].arguments[0]
        if spelled in ("O8", "O", "|O"):
            _Follower(self.stream, self.names, self.versions).load()
            return
        if not isinstance(spelled, str) or not _SIZED.fullmatch(spelled):
            raise UnpackableArtifact(f"It holds an array of a type that cannot be skipped: {spelled!r}.")
        if state.get("numpy_array_alignment_bytes") is not None:
            padding = self.stream.read(1)
            self.stream.seek(padding[0], io.SEEK_CUR)
        items = 1
        for length in state["shape"]:
            items *= length
        # Not read into memory: sizes are the file's own claim.
        self.stream.seek(items * np.dtype(spelled).itemsize, io.SEEK_CUR)

    dispatch: ClassVar[dict[int, Any]] = {
        **_PurePython.dispatch,
        pickle.NEWOBJ[0]: newobj,
        pickle.NEWOBJ_EX[0]: newobj_ex,
        pickle.BUILD[0]: build,
    }
