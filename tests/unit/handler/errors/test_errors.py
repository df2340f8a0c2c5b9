"""`handler.errors`: one tree of classes, each of which says what went wrong."""

import inspect
from collections.abc import Iterator

from handler.errors import base, model, request, stream
from handler.errors.base import SklearnOnLambdaError

MODULES = (base, request, model, stream)


def subclasses(cls: type) -> list[type]:
    """The children in the handler's own tree, in the order of the files; `training` adds its own to the base."""
    children: list[type] = cls.__subclasses__()
    return [child for child in children if child.__module__ in {module.__name__ for module in MODULES}]


def tree(cls: type) -> Iterator[type]:
    """`cls` and all below it."""
    yield cls
    for child in subclasses(cls):
        yield from tree(child)


def test_every_exception_of_the_modules_is_in_the_tree_once() -> None:
    defined = {
        cls
        for module in MODULES
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, BaseException) and cls.__module__ == module.__name__
    }
    in_tree = list(tree(SklearnOnLambdaError))
    assert len(in_tree) == len(set(in_tree))
    assert set(in_tree) == defined


def test_each_class_says_in_its_docstring_what_went_wrong() -> None:
    for cls in tree(SklearnOnLambdaError):
        assert cls.__dict__.get("__doc__"), cls
