"""Imports a few heavy modules when something uses them, in place of when scikit-learn is imported.

Half of scikit-learn's import is scipy.stats, with scipy.interpolate, scipy.ndimage and more behind it, and few models
ever call it; docs/cold-start.md has the figures. scikit-learn imports it by `import scipy.stats`, by `from scipy
import stats`, and by `from scipy.stats import` of four names that it only ever calls. So a stand-in takes the module's
place. It gives a forward for each of those names; any other use, whatever it is, imports the real module by the
ordinary import and its locks. From then on the stand-in is gone: from `sys.modules`, from the parent package, and from
whatever module holds it or a forward. `importlib.util.LazyLoader` would not do: it takes `from … import` for a use.

It is on in Lambda's init phase, and where an artifact is proved, so that the proof holds for Lambda. Everywhere
else imports are what they always are. A module that is there already, or cannot be found, is not deferred.
"""

import importlib
import sys
import threading
from collections.abc import Iterable, Sequence
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

from handler.coldstart.deferred_modules import DEFERRED, NO_ARRAY

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    # The real one does nothing for us, and brings importlib.resources.
    Loader = object

PASSIVE = frozenset(
    {"__cached__", "__class__", "__file__", "__loader__", "__name__", "__package__", "__path__", "__spec__"}
)
"""What the import system itself looks at. The import of a submodule is noticed by `_Finder` instead."""

_TAKING_OUT = threading.Lock()
"""Held for a look and a deletion, never during an import, so that it cannot meet the import system's own locks."""


def defer_imports() -> None:
    """Have the next import of each of DEFERRED give a stand-in, unless it was imported before.

    Changes this process: `sys.meta_path` until the first uses, `sys.modules` from the first imports on.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(name for name in DEFERRED if name not in sys.modules))


def _is_pending(name: str) -> bool:
    return any(isinstance(finder, _Finder) and name in finder.pending for finder in sys.meta_path)


def _real(name: str) -> ModuleType:
    """The real module, imported now unless it was before, with the stand-in taken out of everybody's way."""
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            finder.pending.discard(name)
    # Two threads may come here at once: one takes the stand-in out, and the import makes the other one wait.
    with _TAKING_OUT:
        first = type(sys.modules.get(name)) is _StandIn
        if first:
            del sys.modules[name]
    real = importlib.import_module(name)
    if first:
        for submodule in DEFERRED:
            parent, _, child = submodule.rpartition(".")
            if parent == name and submodule in sys.modules and child not in vars(real):
                setattr(real, child, sys.modules[submodule])
        _replace(name, real)
    return real


def _replace(name: str, real: ModuleType) -> None:
    """Give every module what it would have had from the start: later calls make no detour."""
    for module in list(sys.modules.values()):
        if type(module) is not ModuleType:
            continue
        for key, value in list(vars(module).items()):
            if type(value) is _StandIn and ModuleType.__getattribute__(value, "__name__") == name:
                setattr(module, key, real)
            elif type(value) is _Forward and _place(value)[0] == name:
                setattr(module, key, getattr(real, _place(value)[1]))


class _Forward:
    """A name of a deferred module. To call it is to call the real one, and so is anything else that is asked of it."""

    def __init__(self, of_module: str, name: str) -> None:
        self.place = (of_module, name)

    def __getattribute__(self, attribute: str) -> Any:
        if attribute in ("__mro_entries__", "__reduce_ex__"):
            return object.__getattribute__(self, attribute)
        if attribute in NO_ARRAY.get(_place(self), ()):
            return partial(_of_no_array, self, attribute)
        return getattr(_behind(self), attribute)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return _behind(self)(*arguments, **named)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, _behind(self))

    def __subclasscheck__(self, subclass: Any) -> bool:
        return issubclass(_behind(subclass) if type(subclass) is _Forward else subclass, _behind(self))

    def __mro_entries__(self, _: Any) -> tuple[Any, ...]:
        return (_behind(self),)

    def __or__(self, other: Any) -> Any:
        return _behind(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | _behind(self)

    def __eq__(self, other: Any) -> bool:
        return bool(_behind(self) == other)

    def __hash__(self) -> int:
        return hash(_behind(self))

    def __repr__(self) -> str:
        return repr(_behind(self))

    def __reduce_ex__(self, _: Any) -> tuple[Any, ...]:
        # Only a pickle written here needs it, and Lambda writes none.
        from pkgutil import resolve_name

        return resolve_name, (":".join(_place(self)),)


def _place(forward: _Forward) -> tuple[str, str]:
    """The module and the name, which are the only things that a forward keeps for itself."""
    place: tuple[str, str] = object.__getattribute__(forward, "place")
    return place


def _behind(forward: _Forward) -> Any:
    of_module, name = _place(forward)
    return getattr(_real(of_module), name)


def _of_no_array(forward: _Forward, function: str, *given: Any, **named: Any) -> Any:
    """What `function` says of what is given; of an array alone it would say no."""
    from numpy import ndarray

    if [*map(type, given)] == [ndarray] and not named:
        return False
    return getattr(_behind(forward), function)(*given, **named)


class _StandIn(ModuleType):
    """A module, for as long as nobody does more with it than import it."""

    def __getattribute__(self, attribute: str) -> Any:
        name: str = super().__getattribute__("__name__")
        if _is_pending(name):
            if attribute in PASSIVE:
                return super().__getattribute__(attribute)
            if attribute in DEFERRED[name]:
                return _Forward(name, attribute)
            if _is_pending(submodule := f"{name}.{attribute}") and submodule in sys.modules:
                return sys.modules[submodule]
        return getattr(_real(name), attribute)

    def __setattr__(self, attribute: str, value: Any) -> None:
        name: str = super().__getattribute__("__name__")
        if attribute in PASSIVE and _is_pending(name):
            super().__setattr__(attribute, value)
        elif not (type(value) is _StandIn and _is_pending(name)):
            # The import system binds a deferred submodule in its parent: `__getattribute__` and `_real` do.
            setattr(_real(name), attribute, value)

    def __delattr__(self, attribute: str) -> None:
        delattr(_real(super().__getattribute__("__name__")), attribute)

    def __dir__(self) -> list[str]:
        return dir(_real(super().__getattribute__("__name__")))

    def __repr__(self) -> str:
        return repr(_real(super().__getattribute__("__name__")))


class _Finder:
    """Answers for the `pending` modules with stand-ins, and has the real one imported before any submodule of one."""

    def __init__(self, pending: Iterable[str]) -> None:
        self.pending = set(pending)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in self.pending:
            spec = PathFinder.find_spec(fullname, path, target)
            if spec is not None:
                spec.loader = _StandInLoader()
            return spec
        parent = fullname.rpartition(".")[0]
        if parent in self.pending:
            _real(parent)
            if fullname in sys.modules:
                module = sys.modules[fullname]
                # The import system takes a module's own spec where the parent has imported it (`_find_spec`).
                module.__spec__ = ModuleSpec(fullname, _Imported(module))
                return module.__spec__
        return None


class _StandInLoader(Loader):
    """Makes a stand-in, and executes nothing."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed before the first use."""


class _Imported(Loader):
    """Gives a submodule as the real module imported it meanwhile: imported twice, its classes would be two."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 - the protocol's
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec
