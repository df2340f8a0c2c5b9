"""Has the modules of one version importable under their own names, for the code of that version alone.

Two versions may have modules of the same names and both be loaded, so in `sys.modules` each version's lie below a root
of their own. Their own code does not see that: its modules are given builtins whose `__import__` looks among them
first, and a function finds its builtins where it was defined. So an import is answered rightly whenever it runs, in
whatever thread. All else (locks, packages, circles, submodules, what dataclasses and pickles look up by a class'
module) is the ordinary import's, which finds these modules by a finder of ours.

Not seen are their own names by what looks a module up without an import of that code: `sys.modules["features"]`, and a
pickle that the model holds as bytes.
"""

import builtins
import importlib
import itertools
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from handler.engines.own_code.sources import Source, sources_in
from handler.errors.model import UnloadableArtifact

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    # As in handler.coldstart.deferred_imports.
    Loader = object

ROOT = "_own_code_"
"""How the roots begin; a number follows. No module of anyone's may begin so."""

FILE = "code.zip"

_LOADS = itertools.count(1)


class OwnModules:
    """The modules of one version, as one load of it has them. Nothing is executed before it is imported.

    With an empty `root` they are importable by everybody in the process, under their own names.
    """

    def __init__(self, sources: Mapping[str, Source], root: str) -> None:
        self.sources, self.root = sources, root
        self._tops = {name.partition(".")[0] for name in sources}
        self._places = {self.placed(name): name for name in sources}
        self._importlib = _Importlib(self)
        self.builtins = {**vars(builtins), "__import__": self._import} if root else vars(builtins)

    @classmethod
    def of(cls, archive: bytes) -> Self:
        """The modules in `archive`, which was verified, below a new root; raises UnloadableArtifact.

        Changes `sys.meta_path` and `sys.modules`, which `forget` undoes.
        """
        own = cls(sources_in(archive), f"{ROOT}{next(_LOADS)}")
        root = ModuleType(own.root)
        root.__path__ = []
        sys.modules[own.root] = root
        own._find()
        return own

    @classmethod
    def for_everybody(cls, archive: bytes) -> Self:
        """The same under their own names: for a process that loads one model, and writes it again."""
        own = cls(sources_in(archive), "")
        own._find()
        return own

    def placed(self, name: str) -> str:
        """The name in `sys.modules` of what this version's code imports as `name`."""
        return f"{self.root}.{name}" if self.root and name.partition(".")[0] in self._tops else name

    def imported(self, module: str) -> str:
        """`placed(module)`, imported where it is one of these; raises UnloadableArtifact, without a value in it."""
        if module.partition(".")[0] not in self._tops:
            return module
        if module not in self.sources:
            raise UnloadableArtifact(
                f"The model names the module {module}, which its code does not have: package it again with all of it."
            )
        try:
            importlib.import_module(self.placed(module))
        except (Exception, SystemExit) as error:
            where = place_of(error) or module
            raise UnloadableArtifact(
                f"The model's own code does not import: {type(error).__name__} in {where}. Import it where the model "
                "was fitted, with what the function has, and package the model again."
            ) from error
        return self.placed(module)

    def import_module(self, name: str, package: str | None = None) -> ModuleType:
        """As `importlib.import_module`, for this version's code."""
        return importlib.import_module(self.placed(name), package and self.placed(package))

    def forget(self) -> None:
        """Take the modules out of the process: whoever holds what they defined keeps it."""
        for name in self._places:
            _FINDER.places.pop(name, None)
            sys.modules.pop(name, None)
        if self.root:
            sys.modules.pop(self.root, None)

    def _find(self) -> None:
        _FINDER.places.update((place, (self, name)) for place, name in self._places.items())
        if _FINDER not in sys.meta_path:
            sys.meta_path.insert(0, _FINDER)

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """The `__import__` of this version's code."""
        place = name if level else self.placed(name)
        module = builtins.__import__(place, globals, locals, fromlist or (), level)
        if place != name:
            return module if fromlist else sys.modules[self.placed(name.partition(".")[0])]
        return self._importlib if module is importlib else module


def place_of(error: BaseException) -> str | None:
    """The file and line of a version's code where `error` was raised, or passed last; None where it was not in it."""
    if isinstance(error, SyntaxError) and str(error.filename).startswith(f"{FILE}/"):
        return f"{error.filename}, line {error.lineno}"
    place, trace = None, error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(f"{FILE}/"):
            place = f"{file}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


class _Importlib(ModuleType):
    """importlib as a version's code sees it."""

    def __init__(self, own: OwnModules) -> None:
        super().__init__("importlib", importlib.__doc__)
        self.import_module = own.import_module

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib, attribute)


class _Finder:
    """Answers for all modules of all versions that are loaded. It stays in `sys.meta_path` once it is there: another
    thread may be reading that list."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[OwnModules, str]] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol's
        target: ModuleType | None = None,  # noqa: ARG002 - as above
    ) -> ModuleSpec | None:
        found = self.places.get(fullname)
        if found is None:
            return None
        own, name = found
        source = own.sources[name]
        # A package has a path without places in it, so that nobody else finds a submodule.
        return ModuleSpec(fullname, _Loader(own, source), origin=f"{FILE}/{source.path}", is_package=source.is_package)


_FINDER = _Finder()


class _Loader(Loader):
    """Executes one module's source."""

    def __init__(self, own: OwnModules, source: Source) -> None:
        self.own, self.source = own, source

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002 - the protocol's
        """An ordinary module."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        file = f"{FILE}/{self.source.path}"
        code = compile(self.source.text, file, "exec", dont_inherit=True)
        module.__file__ = file
        module.__dict__["__builtins__"] = self.own.builtins
        exec(code, module.__dict__)  # noqa: S102 - what was verified, and its publisher trusts

    def get_source(self, _: str) -> str:
        """The text, for tracebacks."""
        return self.source.text.decode("utf-8", "replace")
