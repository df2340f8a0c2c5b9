"""Unpickles what joblib wrote of a model that holds objects of its owner's own classes.

`joblib.load` takes no unpickler, so what it does of a file object is done here: one more thing of joblib's that is
pinned and not promised (`handler.engines.mapped_arrays`).
"""

from collections.abc import Callable
from typing import Any, BinaryIO

from joblib.numpy_pickle import NumpyUnpickler
from joblib.numpy_pickle_utils import _validate_fileobject_and_memmap


def load_with(imported: Callable[[str], str], reader: BinaryIO) -> Any:
    """The object that `reader` has, whose modules are found under the names that `imported` gives for theirs."""
    with _validate_fileobject_and_memmap(reader, "") as (unpacked, _):
        return _Unpickler(imported, unpacked).load()


class _Unpickler(NumpyUnpickler):  # type: ignore[misc] # joblib has no types
    def __init__(self, imported: Callable[[str], str], file: BinaryIO) -> None:
        super().__init__("", file, ensure_native_byte_order=True)
        self.imported = imported

    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(self.imported(module), name)
