"""The house stands as designed: imports point one way, nothing goes in circles, and rooms and files stay small."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PRODUCT = ("handler", "training", "packager", "bench", "ops")
MOST_LINES = 250
MOST_FILES = 10
"""In a folder, its `__init__.py` not counted."""

LAYERS = {
    "handler": (
        "app",
        "scoring",
        "streaming",
        "api",
        "monitoring",
        "serving",
        "settings",
        "engines",
        "rows",
        "registry",
        "records",
        "errors",
    ),
    "handler.api": ("application", "routes", "pages", "contract", "body", "http"),
    "training": (
        "__main__",
        "cli",
        "local",
        "scoring",
        "bring",
        "folder",
        "report",
        "release",
        "twin",
        "fit",
        "measuring",
        "data",
        "pickles",
        "errors",
    ),
}
"""The rooms of a package from top to bottom: each may import those below it. A room that is not listed is free, as long
as it makes no circle."""

Graph = Mapping[str, set[str]]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


SOURCES = {dotted(path): path for package in PRODUCT for path in sorted((PROJECT / package).rglob("*.py"))}
"""Each module of the product, with its file."""


def imported(module: str) -> Iterator[str]:
    """The modules of the product that `module` imports anywhere: in functions and under TYPE_CHECKING too."""
    for node in ast.walk(ast.parse(SOURCES[module].read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in SOURCES)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield from (found for found in [whole if whole in SOURCES else node.module] if found in SOURCES)


FILES: Graph = {module: set(imported(module)) - {module} for module in SOURCES}


def room(module: str) -> str:
    """The folder of a module; a file beside the rooms of its package is a room of its own."""
    return module if module.count(".") <= 1 else module.rpartition(".")[0]


def rooms() -> Graph:
    arrows: dict[str, set[str]] = defaultdict(set)
    for module, others in FILES.items():
        arrows[room(module)] |= {room(other) for other in others} - {room(module)}
    return arrows


@pytest.mark.parametrize("graph", [FILES, rooms()], ids=["files", "rooms"])
def test_no_imports_go_in_a_circle(graph: Graph) -> None:
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("package", LAYERS)
def test_each_room_imports_only_what_is_below_it(package: str) -> None:
    layers = LAYERS[package]

    def layer(module: str) -> int | None:
        name = module.removeprefix(f"{package}.").partition(".")[0]
        return layers.index(name) if module.startswith(f"{package}.") and name in layers else None

    upwards = [
        f"{module} imports {other}"
        for module, others in FILES.items()
        for other in others
        if (above := layer(module)) is not None and (below := layer(other)) is not None and below < above
    ]
    assert upwards == []


def test_the_function_imports_nothing_of_the_offline_half_and_the_packager_nothing_of_either() -> None:
    tops: dict[str, set[str]] = defaultdict(set)
    for module, others in FILES.items():
        tops[module.partition(".")[0]] |= {other.partition(".")[0] for other in others}
    assert tops["handler"] <= {"handler"}
    assert tops["training"] <= {"training", "handler"}
    assert tops["packager"] <= {"packager", "handler"}


def test_the_product_does_not_need_its_tests() -> None:
    assert [module for module, path in SOURCES.items() if "from tests" in path.read_text()] == []


def test_a_file_has_one_idea_and_few_lines() -> None:
    lengths = {module: len(path.read_text().splitlines()) for module, path in SOURCES.items()}
    assert {module: lines for module, lines in lengths.items() if lines > MOST_LINES} == {}


def test_a_folder_has_few_files() -> None:
    folders = defaultdict(list)
    for path in SOURCES.values():
        if path.name != "__init__.py":
            folders[str(path.parent.relative_to(PROJECT))].append(path.name)
    assert {folder: len(files) for folder, files in folders.items() if len(files) > MOST_FILES} == {}


def test_an_init_file_says_what_lives_in_its_folder_and_nothing_else() -> None:
    for module, path in SOURCES.items():
        # The four functions of the lesson are offered where a newcomer looks for them.
        if path.name == "__init__.py" and module != "training":
            body = ast.parse(path.read_text()).body
            assert len(body) == 1, module
            assert ast.get_docstring(ast.parse(path.read_text())), module


READS_BY_OBSTORE = {"handler.registry.s3_store", "handler.registry.s3.client"}


@pytest.mark.parametrize("module", [name for name in SOURCES if not name.startswith("handler")])
def test_only_the_function_reads_by_obstore(module: str) -> None:
    """A child that is forked after obstore's first use hangs, and `training` forks."""
    assert FILES[module] & READS_BY_OBSTORE == set()
    assert "obstore" not in {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(SOURCES[module].read_text()))
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
        + ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
    }
