"""Whether the function has what a user's own modules import, told from their text: nothing of them is run.

Imports inside functions count, and those by a literal name. One that may fail does not: in a `try` whose `except`
catches it, or under TYPE_CHECKING.
"""

import ast
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence

from handler.engines.own_code.sources import Source
from handler.engines.shipped import LAMBDA_PYTHON, artifact_modules
from training.code.names import OF_LAMBDA
from training.code.standard import STANDARD
from training.errors import UnpackableArtifact

_NEVER = OF_LAMBDA | {"handler", "training"}
"""What the function has and no proof does, or what changes with each release: not even where an import may fail."""

_CAUGHT = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
_IMPORTERS = ("import_module", "__import__")


def require_available(sources: Mapping[str, Source]) -> None:
    """Raise UnpackableArtifact, with file and line, where a module has no syntax of Lambda's Python, or imports what
    neither ships nor is among `sources`."""
    for name, source in sources.items():
        for line, imported, may_fail in _Imports(name, source.is_package).found_in(_parsed(source)):
            refusal = _refusal(imported, may_fail, sources)
            if refusal is not None:
                raise UnpackableArtifact(f"{source.path}, line {line}, {refusal}")


def _parsed(source: Source) -> ast.Module:
    newest = min(tuple(map(int, LAMBDA_PYTHON.split("."))), sys.version_info[:2])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.text, source.path, "exec", dont_inherit=True)
            return ast.parse(source.text, source.path, feature_version=(newest[0], newest[1]))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise UnpackableArtifact(
            f"{source.path}, line {line}, is no Python {newest[0]}.{newest[1]}, which has to run it: correct it, and "
            "fit again where it changes what the model does."
        ) from error


def _refusal(imported: str, may_fail: bool, sources: Mapping[str, Source]) -> str | None:
    """The end of a sentence on an import that the function cannot do; None where it can."""
    top = imported.partition(".")[0]
    if not imported:
        return "imports by a dot from outside its package: give the package's folder, or import by the whole name."
    if any(name.partition(".")[0] == top for name in sources):
        missing = imported not in sources and not may_fail
        return f"imports {imported}, which is not among what --code gives: give it too." if missing else None
    if top in _NEVER:
        return f"imports {top}, which no model may need: take it out, and do that step where the model is asked."
    if may_fail or top in STANDARD or top in artifact_modules():
        return None
    has = f"imports {top}, which the function does not have. It has Python's standard library, " + (
        ", ".join(artifact_modules()) + ", and what --code gives"
    )
    if top == "pandas":
        return (
            f"{has}. What it is given there is an array: take columns by their position. An import for training alone "
            "may stand in try: … except ImportError: …"
        )
    return f"{has}: if {top} is yours, give it with --code as well; else write what is needed with numpy."


class _Imports(ast.NodeVisitor):
    """Collects the imports of one module as (line, name, whether it may fail)."""

    def __init__(self, module: str, is_package: bool) -> None:
        self.package = module.split(".") if is_package else module.split(".")[:-1]
        self.may_fail = False
        self.found: list[tuple[int, str, bool]] = []

    def found_in(self, tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
        self.visit(tree)
        return iter(self.found)

    def visit_Import(self, node: ast.Import) -> None:
        for name in node.names:
            self._add(node.lineno, name.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._add(node.lineno, self._whole("." * node.level + (node.module or "")))

    def visit_Call(self, node: ast.Call) -> None:
        called = getattr(node.func, "attr", getattr(node.func, "id", None))
        given = node.args[0] if node.args else None
        if called in _IMPORTERS and isinstance(given, ast.Constant) and isinstance(given.value, str):
            self._add(node.lineno, self._whole(given.value))
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        before, self.may_fail = self.may_fail, self.may_fail or any(map(_catches, node.handlers))
        self._visit_all(node.body)
        self.may_fail = before
        self._visit_all([*node.handlers, *node.orelse, *node.finalbody])

    def visit_If(self, node: ast.If) -> None:
        test = ast.unparse(node.test)
        if test not in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'"):
            self._visit_all([node.test, *node.body])
        self._visit_all(node.orelse)

    def _visit_all(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _add(self, line: int, name: str) -> None:
        self.found.append((line, name, self.may_fail))

    def _whole(self, name: str) -> str:
        """`name`, which may begin with dots, from its first package on; nothing where the dots lead outside."""
        rest = name.lstrip(".")
        level = len(name) - len(rest)
        if not level:
            return name
        above = self.package[: len(self.package) - level + 1]
        return ".".join([*above, *filter(None, [rest])]) if above and level <= len(self.package) else ""


def _catches(handler: ast.excepthandler) -> bool:
    caught = getattr(handler, "type", None)
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(ast.unparse(name).rpartition(".")[2] in _CAUGHT for name in names)
