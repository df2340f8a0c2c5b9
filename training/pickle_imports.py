"""What a joblib or pickle file would import, found out without importing or running any of it.

`training.package` reads a foreign file with it before anyone says that they trust it. The pickle's machine is run with
stand-ins in place of everything that it names; the raw bytes of arrays, which joblib writes between its opcodes, are
stepped over.
"""

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
class PickleContents:
    """The names that the file imports, as "module.name", and the scikit-learn versions that wrote its estimators."""

    imports: tuple[str, ...]
    sklearn_versions: tuple[str, ...]


def inspect_pickle(data: bytes) -> PickleContents:
    """What `data` would import; raises UnpackableArtifact where it is not a pickle that can be followed to its end."""
    try:
        return _scan(_decompressed(data))
    except UnpackableArtifact:
        raise
    except Exception as error:
        raise UnpackableArtifact(
            f"The file is not a joblib or pickle file that can be read to its end: {type(error).__name__}: {error}."
        ) from error


def _decompressed(data: bytes) -> bytes:
    for magic, decompress in _COMPRESSIONS:
        if data.startswith(magic):
            return decompress(data)
    return data


def _scan(data: bytes) -> PickleContents:
    names: dict[str, None] = {}
    versions: dict[str, None] = {}
    stream = io.BytesIO(data)
    _Follower(stream, names, versions).load()
    return PickleContents(tuple(names), tuple(versions))


class _StandIn:
    """In place of whatever the file names: takes any call and any state, and does nothing."""

    imported = ""
    arguments: tuple[Any, ...] = ()
    state: Any = None

    def __new__(cls, *arguments: Any, **_: Any) -> "_StandIn":
        made = super().__new__(cls)
        made.arguments = arguments
        return made

    def __init__(self, *_: Any, **__: Any) -> None:
        """What it was made with is kept by __new__, which a pickle may call alone."""

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


# Untyped as such: the unpickler in Python, unlike the one in C, can be watched at each opcode.
_PurePython: Any = pickle._Unpickler


class _Follower(_PurePython):  # type: ignore[misc] # as above
    def __init__(self, stream: io.BytesIO, names: dict[str, None], versions: dict[str, None]) -> None:
        super().__init__(stream)
        self.stream, self.names, self.versions = stream, names, versions

    def find_class(self, module: str, name: str) -> Any:
        self.names[f"{module}.{name}"] = None
        return type(name.rpartition(".")[2], (_StandIn,), {"imported": f"{module}.{name}"})

    def persistent_load(self, _: Any) -> Any:
        return _StandIn()

    def build(self) -> None:
        state, made = self.stack[-1], self.stack[-2]
        _PurePython.load_build(self)
        if isinstance(state, dict) and "_sklearn_version" in state:
            self.versions[str(state["_sklearn_version"])] = None
        if getattr(made, "imported", "") == "joblib.numpy_pickle.NumpyArrayWrapper":
            self._step_over_array(made.state)

    def _step_over_array(self, state: dict[str, Any]) -> None:
        """Past the bytes of one array, as joblib.numpy_pickle.NumpyArrayWrapper.read_array reads them."""
        spelled = state["dtype"].arguments[0]
        if spelled in ("O8", "O", "|O"):
            _Follower(self.stream, self.names, self.versions).load()
            return
        if not isinstance(spelled, str) or not _SIZED.fullmatch(spelled):
            raise UnpackableArtifact(f"It holds an array of a type that cannot be stepped over: {spelled!r}.")
        if state.get("numpy_array_alignment_bytes") is not None:
            padding = self.stream.read(1)
            self.stream.seek(padding[0], io.SEEK_CUR)
        items = 1
        for length in state["shape"]:
            items *= length
        # Not read into memory: sizes are the file's own claim.
        self.stream.seek(items * np.dtype(spelled).itemsize, io.SEEK_CUR)

    dispatch: ClassVar[dict[int, Any]] = {**_PurePython.dispatch, pickle.BUILD[0]: build}
