"""`training.code.imports`: an import that the function cannot do is refused by its line, wherever it stands."""

import sys
from collections.abc import Mapping

import pytest

from handler.engines.own_code.sources import sources_in
from tests.unit.handler.own_code import zipped
from training.code.imports import require_available
from training.code.standard import STANDARD
from training.errors import UnpackableArtifact


def check(modules: Mapping[str, str]) -> None:
    require_available(sources_in(zipped(modules)))


def refusal(text: str, **others: str) -> str:
    with pytest.raises(UnpackableArtifact) as raised:
        check({"features.py": text, **{f"{name}.py": other for name, other in others.items()}})
    return str(raised.value)


FINE = {
    "what ships": "import numpy as np, scipy.stats, joblib, json\nfrom sklearn.base import BaseEstimator",
    "itself": "import features\nfrom features import x",
    "another of its own": "import more\nfrom more import y\ndef f():\n    from more import y",
    "a fallback": "try:\n    import pandas as pd\nexcept ImportError:\n    pd = None",
    "a fallback by another error": "try:\n    import pandas\nexcept (ModuleNotFoundError, ValueError):\n    pass",
    "a fallback that catches all": "try:\n    import pandas\nexcept:\n    pass",
    "for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas",
    "for types, by the module": "import typing\nif typing.TYPE_CHECKING:\n    import pandas\nelse:\n    import json",
    "as a script": "if __name__ == '__main__':\n    import matplotlib",
    "by a name": "import importlib\nimportlib.import_module('more')\n__import__('numpy.linalg')",
    "by a name not known": "import importlib\nimportlib.import_module(x)",
    "the future": "from __future__ import annotations",
}


@pytest.mark.parametrize("case", FINE)
def test_what_ships_what_is_its_own_and_what_may_fail_is_fine(case: str) -> None:
    check({"features.py": FINE[case], "more.py": ""})


BAD = {
    "at the top": ("import numpy\nimport pandas", 2, "imports pandas, which the function does not have"),
    "in a function": ("def f():\n    if x:\n        from pandas import DataFrame", 3, "imports pandas"),
    "in a method": ("class A:\n    def f(self):\n        import torch.nn", 3, "imports torch"),
    "in the except": ("try:\n    pass\nexcept ImportError:\n    import pandas", 4, "imports pandas"),
    "in the else": ("try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import pandas", 6, "imports pandas"),
    "beside another error": ("try:\n    import pandas\nexcept ValueError:\n    pass", 2, "imports pandas"),
    "in a finally": ("try:\n    import pandas\nfinally:\n    pass", 2, "imports pandas"),
    "after types": ("from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import pandas", 3, "imports pandas"),
    "by a name": ("import importlib\nimportlib.import_module('pandas.io')", 2, "imports pandas"),
    "by a bare name": ("from importlib import import_module\nimport_module('pandas')", 2, "imports pandas"),
    "by __import__": ("f(__import__('pandas'))", 1, "imports pandas"),
    "what Lambda has alone": (
        "try:\n    import boto3\nexcept ImportError:\n    pass",
        2,
        "imports boto3, which no model",
    ),
    "the handler": ("import handler.settings", 1, "imports handler, which no model may need"),
    "training": ("from training import publish_model", 1, "imports training, which no model may need"),
    "what ships for the function": ("import orjson", 1, "imports orjson, which the function does not have"),
    "what Python had": ("import distutils", 1, "imports distutils, which"),
    "what Python will have": ("from compression import zstd", 1, "imports compression, which"),
    "a display": ("import tkinter", 1, "imports tkinter, which"),
    "a dot without a package": ("from . import more", 1, "imports by a dot from outside its package"),
    "no syntax": ("x = 1\ndef f(:\n    pass", 2, "is no Python"),
    "no text": ("x = 1\0", 1, "is no Python"),
    "a return outside": ("return 1", 1, "is no Python"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_the_function_cannot_import_is_refused_by_its_line(case: str) -> None:
    text, line, words = BAD[case]
    assert refusal(text).startswith(f"features.py, line {line}, {words}")


def test_another_module_of_the_user_s_is_asked_for() -> None:
    assert "if more is yours, give it with --code as well" in refusal("from more import x")


def test_the_advice_on_pandas_says_what_to_do() -> None:
    assert "take columns by their position" in refusal("import pandas")


def test_relative_imports_are_followed_within_their_package() -> None:
    package = {
        "mine/__init__.py": "from . import a\nfrom .deep import b",
        "mine/a.py": "from .deep.b import x\nfrom . import deep",
        "mine/deep/__init__.py": "from .. import a",
        "mine/deep/b.py": "from ..a import y",
    }
    check(package)
    for path, text in (("mine/a.py", "from .. import a"), ("mine/deep/b.py", "from ...a import y")):
        with pytest.raises(UnpackableArtifact, match="by a dot from outside its package"):
            check({**package, path: text})
    with pytest.raises(UnpackableArtifact, match=r"imports mine\.gone, which is not among what --code gives"):
        check({**package, "mine/a.py": "from .gone import x"})


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    assert "is no Python" in refusal("x = " + "(" * 5000 + ")" * 5000)


def test_escapes_that_python_warns_of_are_taken() -> None:
    check({"features.py": r"x = '\d'"})


@pytest.mark.skipif(sys.version_info[:2] != (3, 13), reason="the list is of Lambda's Python")
def test_the_standard_library_is_that_of_lambda_s_python() -> None:
    assert set(sys.stdlib_module_names) - STANDARD == {"idlelib", "tkinter", "turtle", "turtledemo"}
