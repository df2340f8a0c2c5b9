"""The README's way, gone once, and for each other page a reader who stands at its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.leaving import Left
from tests.docs.reader import Reader
from tests.docs.walk import Walk, walked


@pytest.fixture(scope="session")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with walked(tmp_path_factory.mktemp("walk")) as walk:
        yield walk


@pytest.fixture
def reader(walk: Walk, tmp_path: Path) -> Iterator[Reader]:
    """Somebody with a prompt of his own; what he changes in the checkout and in the stack is put back after him."""
    left = Left.of(walk)
    reader = walk.reader.elsewhere(tmp_path / "state")
    try:
        yield reader
    finally:
        reader.finish()
        left.put_back()
