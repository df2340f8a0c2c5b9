"""`handler.errors`: the tree that its docstring draws is the tree there is."""

import inspect
import re
from collections.abc import Iterator

from handler import errors


def subclasses(cls: type) -> list[type]:
    """The children in the handler's own tree, in the order of the file; `training` adds its own to the base."""
    children: list[type] = cls.__subclasses__()
    return [child for child in children if child.__module__ == errors.__name__]


def tree(cls: type) -> Iterator[type]:
    """`cls` and all below it."""
    yield cls
    for child in subclasses(cls):
        yield from tree(child)


def drawn(cls: type, indent: str = "") -> Iterator[str]:
    """The lines below `cls` as a docstring draws them, without their comments."""
    children = subclasses(cls)
    for number, child in enumerate(children, start=1):
        last = number == len(children)
        yield f"{indent}{'└' if last else '├'}── {child.__name__}"
        yield from drawn(child, indent + ("    " if last else "│   "))


def test_the_docstring_draws_the_tree_of_the_classes() -> None:
    assert errors.__doc__ is not None
    lines = errors.__doc__.split("\n\n")[2].rstrip().splitlines()
    without_comments = [re.match(r"    (.*?\w)(\s{2,}.*)?$", line) for line in lines]
    assert [line and line[1] for line in without_comments] == [
        "SklearnOnLambdaError",
        *drawn(errors.SklearnOnLambdaError),
    ]


def test_every_exception_of_the_module_is_in_the_tree_once() -> None:
    defined = {
        cls
        for _, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, BaseException) and cls.__module__ == errors.__name__
    }
    in_tree = list(tree(errors.SklearnOnLambdaError))
    assert len(in_tree) == len(set(in_tree))
    assert set(in_tree) == defined


def test_each_class_says_in_its_docstring_what_went_wrong() -> None:
    for cls in tree(errors.SklearnOnLambdaError):
        assert cls.__dict__.get("__doc__"), cls
