"""`handler.engines.own_code.modules`: each version's own code sees its own modules, whenever and wherever it runs."""

import gc
import pickle
import sys
import threading
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.preprocessing import FunctionTransformer

from handler.engines.own_code.modules import OwnModules
from handler.errors.model import SelfTestFailed, UnloadableArtifact
from handler.serving.predictor import Predictor
from tests.unit.handler.models import estimator_of
from tests.unit.handler.own_code import SCALES, identity_after, version_of_modules, zipped


def factor(number: float, module: str = "FACTOR = {}") -> str:
    return module.format(number)


WAYS = {
    "at the top": "from more import FACTOR\n" + SCALES.format(body="return X * FACTOR"),
    "as a module": "import more\n" + SCALES.format(body="return X * more.FACTOR"),
    "in a function": SCALES.format(body="from more import FACTOR; return X * FACTOR"),
    "under another name": SCALES.format(body="import more as m; return X * m.FACTOR"),
    "import_module": SCALES.format(body="import importlib; return X * importlib.import_module('more').FACTOR"),
    "import_module by its name": SCALES.format(
        body="from importlib import import_module as im; return X * im('more').FACTOR"
    ),
    "beside importlib.util": SCALES.format(
        body="import importlib.util; assert importlib.util.find_spec('json'); "
        "return X * importlib.import_module('more').FACTOR"
    ),
    "__import__": SCALES.format(body="return X * __import__('more').FACTOR"),
    "exec": SCALES.format(body="found = {}; exec('from more import FACTOR', found); return X * found['FACTOR']"),
    "lambda in a loop": SCALES.format(body="return (lambda: __import__('more'))().FACTOR * X"),
    "star": "from more import *\n" + SCALES.format(body="return X * FACTOR"),
    "by sys.modules": SCALES.format(body="import sys, more; return X * sys.modules[more.__name__].FACTOR"),
}


def answer(predictor: Predictor, value: float = 10.0) -> float:
    return float(predictor.predict(np.array([[value]]))[0]["prediction"])


@pytest.mark.parametrize("way", WAYS)
def test_two_versions_with_the_same_module_names_answer_rightly_in_turns(way: str) -> None:
    twice = version_of_modules({"features.py": WAYS[way], "more.py": factor(2)}).load()
    thrice = version_of_modules({"features.py": WAYS[way], "more.py": factor(3)}).load()
    assert [answer(each) for each in (twice, thrice, twice, thrice)] == [20, 30, 20, 30]
    assert not {"features", "more"} & set(sys.modules)


PACKAGE = {
    "features/__init__.py": "from .scales import Scales",
    "features/scales.py": "from . import parts\n"
    + SCALES.format(
        body="import features.lazy; from .lazy import ONE; from features.deep.leaf import FACTOR; "
        "return X * FACTOR * ONE * features.lazy.ONE * parts.part()"
    ),
    "features/parts.py": "def part():\n    from .scales import Scales; from features import scales\n"
    "    assert scales.Scales is Scales\n    return 1",
    "features/lazy.py": "ONE = 1",
    "features/deep/__init__.py": "",
}


def test_a_package_with_submodules_circles_and_relative_imports_is_each_version_s_own() -> None:
    twice, thrice = (
        version_of_modules({**PACKAGE, "features/deep/leaf.py": f"from ..lazy import ONE\nFACTOR = {n} * ONE"}).load()
        for n in (2, 3)
    )
    assert [answer(each) for each in (twice, thrice, twice)] == [20, 30, 20]


def test_one_version_answers_while_another_loads_in_a_thread_and_both_import_when_first_asked() -> None:
    slow = {"features.py": "import time; time.sleep(0.2)\n" + WAYS["in a function"], "more.py": factor(3)}
    slow_version = version_of_modules(slow)
    quick = version_of_modules({"features.py": WAYS["in a function"], "more.py": factor(2)}).load()
    loaded: list[Predictor] = []
    loading = threading.Thread(target=lambda: loaded.append(slow_version.load()))
    loading.start()
    answers = set()
    while loading.is_alive():
        answers.add(answer(quick))
    loading.join()
    assert (answers, answer(loaded[0]), answer(quick)) == ({20}, 30, 20)


def test_many_threads_that_import_first_at_once_all_get_their_own_version_s_modules() -> None:
    pairs = [
        (version_of_modules({"features.py": WAYS["in a function"], "more.py": factor(n)}).load(), n) for n in (2, 3)
    ]
    wrong: list[float] = []

    def ask(predictor: Predictor, n: float) -> None:
        wrong.extend(n for _ in range(20) if answer(predictor) != 10 * n)

    threads = [threading.Thread(target=ask, args=pair) for pair in pairs * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_state_of_modules_is_each_load_s_own() -> None:
    counting = "CALLS = []\n" + SCALES.format(body="CALLS.append(1); return X * len(CALLS)")
    version = version_of_modules({"features.py": counting})
    # A load's self-test is its first call.
    first, second = version.load(), version.load()
    assert [answer(each) for each in (first, second, first)] == [20, 20, 30]


DEFINITIONS = """
from __future__ import annotations
import collections, copy, dataclasses, enum, functools, logging, pickle, typing
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.preprocessing import StandardScaler

@dataclasses.dataclass(frozen=True)
class Setting:
    factor: float
    kind: dataclasses.InitVar[str] = ""
    names: typing.ClassVar[list[str]] = []

class Colour(enum.Enum):
    RED = FACTOR

class Pair(typing.NamedTuple):
    first: float
    second: float = 1.0

Plain = collections.namedtuple("Plain", "one")

@functools.singledispatch
def kind(value): return "other"

@kind.register
def _(value: int): return "int"

class Reduced:
    def __init__(self, value): self.value = value
    def __reduce__(self): return Reduced, (self.value,)

class Stateful:
    def __setstate__(self, state): self.value = state["value"] * 1

class Base(TransformerMixin, BaseEstimator):
    def transform(self, X): return X * self.setting.factor

class Scales(Base):
    def fit(self, X, y=None):
        self.setting, self.colour, self.pair, self.plain = Setting(FACTOR), Colour.RED, Pair(1.0), Plain(1)
        self.reduced, self.stateful, self.inner = Reduced(FACTOR), Stateful(), StandardScaler().fit([[1.0], [3.0]])
        self.stateful.value = FACTOR
        return self

    def transform(self, X):
        assert self.colour is Colour.RED and copy.deepcopy(self.colour) is Colour.RED
        assert copy.deepcopy(self.pair) == self.pair and type(copy.deepcopy(self.reduced)) is Reduced
        assert pickle.loads(pickle.dumps(self.setting)) == self.setting
        assert type(pickle.loads(pickle.dumps(self))) is Scales
        assert dataclasses.replace(self.setting, factor=2.0, kind="").factor == 2.0
        assert typing.get_type_hints(Setting)["factor"] is float
        assert type(clone(self)) is Scales and kind(1) == "int"
        assert self.reduced.value == self.stateful.value == FACTOR
        logging.getLogger(__name__)
        return super().transform(X)

def __getattr__(name):
    if name == "made":
        return FACTOR
    raise AttributeError(name)
"""


def test_what_python_offers_to_define_works_in_each_version() -> None:
    both = [
        version_of_modules({"features.py": DEFINITIONS.replace("\nimport", f"\nFACTOR = {n}.0\nimport", 1)}).load()
        for n in (2, 3)
    ]
    assert [answer(each) for each in (*both, *both)] == [20, 30, 20, 30]
    ours = [estimator_of(each).steps[0][1] for each in both]
    assert type(ours[0]) is not type(ours[1])
    assert all(type(clone(each)) is type(each) for each in ours)


def test_a_function_in_a_function_transformer_is_the_version_s_own() -> None:
    def of(module: ModuleType) -> Any:
        return identity_after(FunctionTransformer(module.times))

    text = "def times(X):\n    from more import FACTOR\n    return X * FACTOR"
    both = [version_of_modules({"features.py": text, "more.py": factor(n)}, of).load() for n in (2, 3)]
    assert [answer(each) for each in (*both, *both)] == [20, 30, 20, 30]


def test_what_one_version_pickles_it_can_read_again_and_its_own_name_is_not_in_it() -> None:
    predictor = version_of_modules({"features.py": SCALES.format(body="return X")}).load()
    step = estimator_of(predictor).steps[0][1]
    assert type(pickle.loads(pickle.dumps(step))) is type(step)  # noqa: S301 - written just now
    with pytest.raises(ModuleNotFoundError):
        __import__("features")


def test_a_version_that_is_let_go_leaves_nothing_in_the_process() -> None:
    before = set(sys.modules)
    predictor = version_of_modules({"features.py": WAYS["in a function"], "more.py": factor(2)}).load()
    assert len(set(sys.modules) - before) == 3
    del predictor
    gc.collect()
    assert set(sys.modules) - before == set()


def test_a_version_that_does_not_load_leaves_nothing_either() -> None:
    version = version_of_modules({"features.py": SCALES.format(body="return X")})
    before = set(sys.modules)
    with pytest.raises(UnloadableArtifact):
        version.with_code(zipped({"features.py": "raise ValueError('secret')"})).load()
    assert set(sys.modules) - before == set()


FAULTS = {
    "raises": ("import os\nraise ValueError('secret')", r"ValueError in code\.zip/features\.py, line 2"),
    "ends the process": ("import sys\n\nsys.exit('secret')", r"SystemExit in code\.zip/features\.py, line 3"),
    "has no such syntax": ("x = 1\nsecret secret", r"SyntaxError in code\.zip/features\.py, line 2"),
    "imports what is not there": ("import secret", r"ModuleNotFoundError in code\.zip/features\.py, line 1"),
    "lacks the class": ("x = 1", "AttributeError"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_code_that_does_not_import_is_told_by_its_place_without_what_it_says(fault: str) -> None:
    text, words = FAULTS[fault]
    version = version_of_modules({"features.py": SCALES.format(body="return X")})
    with pytest.raises(UnloadableArtifact, match=words) as raised:
        version.with_code(zipped({"features.py": text})).load()
    assert "secret" not in str(raised.value)


def test_code_without_the_module_that_the_model_names_is_told() -> None:
    version = version_of_modules({"features/__init__.py": "", "features/a.py": SCALES.format(body="return X")}, in_a)
    with pytest.raises(UnloadableArtifact, match=r"names the module features\.a, which its code does not have"):
        version.with_code(zipped({"features/__init__.py": ""})).load()


def in_a(_: ModuleType) -> Any:
    from importlib import import_module

    return identity_after(import_module("features.a").Scales())


def test_code_that_fails_on_the_example_is_told_without_its_values() -> None:
    version = version_of_modules({"features.py": SCALES.format(body="return X")})
    with pytest.raises(SelfTestFailed, match="ValueError") as raised:
        version.with_code(zipped({"features.py": SCALES.format(body="raise ValueError(X)")})).load()
    assert "2.0" not in str(raised.value)


def test_a_folder_of_the_same_name_beside_the_process_is_never_imported(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code.zip" / "features").mkdir(parents=True)
    (tmp_path / "code.zip" / "features" / "planted.py").write_text("raise SystemError")
    (tmp_path / "features.py").write_text("raise SystemError")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    own = OwnModules.of(zipped({"features/__init__.py": "", "features/a.py": "A = 1"}))
    assert own.import_module("features.a").A == 1
    assert own.import_module(".a", "features").A == 1
    with pytest.raises(ModuleNotFoundError):
        own.import_module("features.planted")
    own.forget()
