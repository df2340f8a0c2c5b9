"""Follows the opcodes of a pickle with stand-ins in place of everything that it names: nothing is imported or called.

The raw bytes of arrays, which joblib writes between them, and large texts are passed over.
"""

import _compat_pickle
import pickle
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from training.errors import UnpackableArtifact
from training.pickles.unpacking import PIECE_BYTES, Unpacked

MOST_STEPS = 50_000_000
"""Opcodes of one file: a vocabulary of a million words takes some 10 million, each of the others fewer."""

LARGE_BYTES = 64 * 1024
"""A text or a string of bytes of so many is passed over: no name of a module is as long."""

OBJECTS_INSIDE = 1
"""numpy's flag NPY_ITEM_REFCOUNT (NumPy Reference, "Data Type API")."""

_SIZED = re.compile(r"[<>|=]?[biufcmMSUV]\d+|\?")


class StandIn:
    """Stands in for whatever the file names: takes any call and any state, and does nothing."""

    imported = ""
    arguments: tuple[Any, ...] = ()
    state: Any = None

    def __new__(cls, *arguments: Any, **_: Any) -> "StandIn":
        made = super().__new__(cls)
        made.arguments = arguments
        return made

    def __init__(self, *_: Any, **__: Any) -> None:
        """The arguments are kept by __new__, which a pickle may call without this."""

    def __call__(self, *_: Any, **__: Any) -> "StandIn":
        return StandIn()

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


@dataclass
class Seen:
    """What following a file has come upon so far: the names that it imports and scikit-learn's versions, in order."""

    names: dict[str, None] = field(default_factory=dict)
    versions: dict[str, None] = field(default_factory=dict)
    steps: int = 0


class _Counted(dict[int, Any]):
    """The handlers of opcodes, which count how often one is asked for."""

    def __init__(self, handlers: dict[int, Any], seen: Seen) -> None:
        super().__init__(handlers)
        self.seen = seen

    def __getitem__(self, opcode: int) -> Any:
        self.seen.steps += 1
        if self.seen.steps > MOST_STEPS:
            raise UnpackableArtifact(
                f"The file makes an object in more than {MOST_STEPS:,} steps, beside its arrays: no model of "
                "scikit-learn is known to need as many. Ask whoever made it."
            )
        return super().__getitem__(opcode)


# The unpickler in Python, unlike the one in C, can be watched at each opcode. It has no public name, so no type.
_PurePython: Any = pickle._Unpickler


class Follower(_PurePython):  # type: ignore[misc] # as above
    """Follows one pickle in `stream`, up to its end; `load` returns what it holds, made of stand-ins.

    Where joblib wrote the file, the bytes of arrays stand between the opcodes (`has_arrays`).
    """

    def __init__(self, stream: Unpacked, seen: Seen, has_arrays: bool = True) -> None:
        super().__init__(stream)
        self.stream, self.seen, self.has_arrays = stream, seen, has_arrays
        self.dispatch = _Counted(self.handlers, seen)

    def find_class(self, module: str, name: str) -> Any:
        if self.proto < 3:
            # These protocols were for Python 2 too, and use its names.
            module, name = _compat_pickle.NAME_MAPPING.get((module, name), (module, name))
            module = _compat_pickle.IMPORT_MAPPING.get(module, module)
        imported = f"{module}.{name}"
        self.seen.names[imported] = None
        return type(name.rpartition(".")[2], (StandIn,), {"imported": imported})

    def persistent_load(self, _: Any) -> Any:
        return StandIn()

    def newobj(self) -> None:
        arguments = self.stack.pop()
        self._make(self.stack.pop(), arguments)

    def newobj_ex(self) -> None:
        self.stack.pop()
        self.newobj()

    def _make(self, cls: Any, arguments: Any) -> None:
        """As NEWOBJ does, but a class that the file itself made, as cloudpickle's files do, is not a class here."""
        self.append(cls.__new__(cls, *arguments) if isinstance(cls, type) else StandIn())

    def build(self) -> None:
        state, made = self.stack[-1], self.stack[-2]
        _PurePython.load_build(self)
        if isinstance(state, dict) and "_sklearn_version" in state:
            self.seen.versions[str(state["_sklearn_version"])] = None
        if self.has_arrays and getattr(made, "imported", "") == "joblib.numpy_pickle.NumpyArrayWrapper":
            self._skip_array(made.state)

    def _skip_array(self, state: dict[str, Any]) -> None:
        """Past the bytes of one array, as joblib.numpy_pickle.NumpyArrayWrapper.read_array reads them."""
        spelled, details = state["dtype"].arguments[0], state["dtype"].state
        detailed = details if isinstance(details, tuple) and len(details) >= 8 else ()
        if spelled in ("O8", "O", "|O") or (detailed and detailed[7] & OBJECTS_INSIDE):
            # joblib reads a pickle here, by pickle itself.
            Follower(self.stream, self.seen, has_arrays=False).load()
            return
        if not isinstance(spelled, str) or not _SIZED.fullmatch(spelled):
            raise UnpackableArtifact(f"It holds an array of a type that cannot be skipped: {spelled!r}.")
        if state.get("numpy_array_alignment_bytes") is not None:
            self.stream.skip(self.stream.read(1)[0])
        size = np.dtype(spelled).itemsize
        if detailed and detailed[5] not in (-1, size):
            raise UnpackableArtifact(f"It holds an array whose items have {size} bytes and {detailed[5]}.")
        for length in state["shape"]:
            if not isinstance(length, int) or length < 0:
                raise UnpackableArtifact(f"It holds an array of a shape that cannot be skipped: {length!r}.")
            size *= length
        self.stream.skip(size)

    def _read_unless_large(self, size: int) -> bytes:
        """The next `size` bytes; none of them where they are large."""
        if size <= LARGE_BYTES:
            return bytes(self.read(size))
        while size > 0:
            piece = self.read(min(size, PIECE_BYTES))
            if not piece:
                raise EOFError
            size -= len(piece)
        return b""

    def bytes_(self) -> None:
        self.append(self._read_unless_large(int.from_bytes(self.read(4), "little")))

    def bytes8(self) -> None:
        self.append(self._read_unless_large(int.from_bytes(self.read(8), "little")))

    def text(self) -> None:
        self.append(str(self._read_unless_large(int.from_bytes(self.read(4), "little")), "utf-8", "surrogatepass"))

    def text8(self) -> None:
        self.append(str(self._read_unless_large(int.from_bytes(self.read(8), "little")), "utf-8", "surrogatepass"))

    handlers: ClassVar[dict[int, Any]] = {
        **_PurePython.dispatch,
        pickle.NEWOBJ[0]: newobj,
        pickle.NEWOBJ_EX[0]: newobj_ex,
        pickle.BUILD[0]: build,
        pickle.BINBYTES[0]: bytes_,
        pickle.BINBYTES8[0]: bytes8,
        pickle.BYTEARRAY8[0]: bytes8,
        pickle.BINUNICODE[0]: text,
        pickle.BINUNICODE8[0]: text8,
    }
