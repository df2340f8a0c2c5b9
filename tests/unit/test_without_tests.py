"""The product needs nothing of tests/: without that folder it can be installed, built, trained with and deployed."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("handler", "training", "packager", "ops")
SOURCES = sorted(path for folder in (*PRODUCT, "bench") for path in (ROOT / folder).glob("**/*.py"))
BROUGHT_BY_USERS = {"dask", "distributed"}
"""Dask, which `--backend` asks for where it is not installed: the second brings the first."""

NAMES_TESTS = re.compile(r"\btests[/.]\w")
TESTING_RULES = ("test", "check", "e2e-", "soak-", "contract", ".tools/contract/installed", "lock", "REQUIREMENTS")


def modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def texts(tree: ast.AST) -> Iterator[str]:
    """The strings of a file, but for its docstrings."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_imports_a_test_or_names_a_file_of_the_tests(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert [name for name in modules(tree) if name.partition(".")[0] == "tests"] == []
    assert [text for text in texts(tree) if NAMES_TESTS.search(text)] == []


def test_no_other_file_that_is_deployed_or_deploys_names_the_tests() -> None:
    deploying = [ROOT / ".github/workflows" / name for name in ("deploy.yml", "deploy-one.yml", "model.yml")]
    for path in (ROOT / "template.yaml", ROOT / "samconfig.toml", ROOT / "handler/Makefile", *deploying):
        assert not NAMES_TESTS.search(path.read_text()), path


def test_only_what_tests_names_the_tests_in_the_makefile() -> None:
    rules = re.split(r"^(?=[A-Za-z.$][^\n]*?(?::=|:|=))", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    naming = [rule.partition(":")[0] for rule in rules if NAMES_TESTS.search(rule)]
    assert naming
    assert [name for name in naming if not name.startswith(TESTING_RULES)] == []


def test_the_product_imports_nothing_that_is_pinned_for_the_tests_alone() -> None:
    pins = re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "tests/requirements.txt").read_text(), re.MULTILINE)
    # Stubs are for mypy alone.
    for_tests = {re.sub(r"[._-]+", "-", name).lower() for name in pins if not name.startswith("mypy-")}
    providers = packages_distributions()
    for path in SOURCES:
        if path.relative_to(ROOT).parts[0] in PRODUCT:
            roots = {name.partition(".")[0] for name in modules(ast.parse(path.read_text()))}
            needed = {re.sub(r"[._-]+", "-", name).lower() for root in roots for name in providers.get(root, ())}
            assert needed & for_tests <= BROUGHT_BY_USERS, path
