"""Loads what joblib wrote of an estimator, its arrays mapped: they stay in the file, and are read when they are used.

joblib maps too, but opens and maps the file once for each array, and a process may have 1,024 files open (AWS Lambda
Developer Guide, "Lambda quotas") and some 65,000 mappings (Linux, vm.max_map_count): forests have more arrays than
that. Here the file is mapped once, and an array is a plain one that lies in it. It can be written to, which changes
the array alone.

This needs three things of joblib that its file format depends on but its documentation does not promise: the class that
stands in a file in an array's place, the method of it that reads the array, and the unpickler that calls it. joblib is
pinned exactly, and tests/unit/handler/engines/test_mapped_arrays.py fails where one of them changes.
"""

import math
from collections.abc import Callable
from mmap import mmap
from typing import Any

import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyUnpickler

from handler.registry.chain import VerifiedArtifact
from handler.registry.storage import PrivateFile

SMALL_BYTES = 4096
"""An array smaller than a page is copied: it would keep the file for nothing."""

_PICKLE = b"\x80"
"""How every pickle begins that joblib wrote, unless it is compressed (pickletools, PROTO)."""


def load_mapped(artifact: VerifiedArtifact, imported: Callable[[str], str] = str) -> Any:
    """The object in `artifact`; None where that is not in a file, or compressed, so that no array lies in it.

    Its modules are found under the names that `imported` gives for theirs.
    """
    if not isinstance(artifact.content, PrivateFile):
        return None
    mapping = artifact.content.mapped()
    if mapping[:1] != _PICKLE:
        return None
    return _Unpickler(imported, mapping).load()


class _Unpickler(NumpyUnpickler):  # type: ignore[misc] # joblib has no types
    """Reads from a mapping, and takes _MappedArray for joblib's class."""

    def __init__(self, imported: Callable[[str], str], mapping: mmap) -> None:
        super().__init__("", mapping, ensure_native_byte_order=True)
        self.imported = imported

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(self.imported(module), name)
        return _MappedArray if found is NumpyArrayWrapper else found


class _MappedArray(NumpyArrayWrapper):  # type: ignore[misc] # as above
    """What stands in a file in an array's place: the padding, then the bytes of the array, come after it."""

    def read_array(self, unpickler: _Unpickler, ensure_native_byte_order: bool) -> Any:
        mapping: mmap = unpickler.file_handle
        start = mapping.tell() + self._padding(mapping)
        length = math.prod(map(int, self.shape)) * self.dtype.itemsize
        if self.dtype.hasobject or not self.dtype.isnative or length < SMALL_BYTES or start % self.dtype.alignment:
            return super().read_array(unpickler, ensure_native_byte_order)
        array = np.ndarray(self.shape, self.dtype, buffer=mapping, offset=start, order=self.order)
        mapping.seek(start + length)
        return array

    def _padding(self, mapping: mmap) -> int:
        """How many bytes come before the array: joblib before 1.2 wrote none."""
        aligned = self.safe_get_numpy_array_alignment_bytes() is not None
        return 1 + mapping[mapping.tell()] if aligned else 0
