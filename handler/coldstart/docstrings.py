"""Leaves the docstrings of scipy's functions as their authors wrote them.

While it is imported, scipy adds a note to the docstrings of two hundred functions: which array libraries each of them
takes, or that it works on batches. For that it parses them and writes them anew, which took an eighth of the init
phase. The functions themselves stay what they are, and nobody reads their docstrings in Lambda. scipy also works under
Python's `-OO`, which leaves out all docstrings, so none of its code depends on what they say.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    # The real one does nothing for us, and brings importlib.resources.
    Loader = object

PARSER = "scipy._lib._docscrape"
"""The module whose `FunctionDoc` parses a docstring; scipy has it from numpydoc."""


def keep_docstrings() -> None:
    """Have scipy take docstrings for written, unless it was imported before. Changes `sys.meta_path` until then."""
    if PARSER not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class AsWritten(dict[str, list[Any]]):
    """A function's docstring, in which every section is empty, and what is added to one is not written.

    It has of numpydoc's FunctionDoc what scipy uses to add to a docstring.
    """

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, section: str) -> list[Any]:
        return self.setdefault(section, [])

    def __str__(self) -> str:
        # The first line of numpydoc's text is the signature, which scipy cuts off.
        return f"\n{self.function.__doc__ or ''}"


class _Finder:
    """Answers for `PARSER` once."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != PARSER:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _WithoutParser(spec.loader)
        return spec


class _WithoutParser(Loader):
    """Executes the real module, and puts AsWritten in the place of its FunctionDoc."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self.real.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self.real
        if module.__spec__ is not None:
            module.__spec__.loader = self.real
        self.real.exec_module(module)
        module.__dict__["FunctionDoc"] = AsWritten
