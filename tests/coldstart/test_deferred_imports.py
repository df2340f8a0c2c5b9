"""`handler.coldstart.deferred_imports`: whatever is done with a deferred module comes out as if nothing had been
deferred.

tests/package/test_deferred_imports.py does the same with every estimator, in the built package.
"""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import scipy.stats
from sklearn.model_selection import RandomizedSearchCV
from sklearn.svm import SVC

from handler.coldstart.deferred_imports import defer_imports
from handler.coldstart.deferred_modules import DEFERRED
from tests.coldstart.other_snippets import OTHER_SNIPPETS

SEARCH = pickle.dumps(RandomizedSearchCV(SVC(), {"C": scipy.stats.loguniform(0.1, 10), "gamma": scipy.stats.expon()}))

SNIPPETS = {
    "attribute": "import scipy.stats; result = scipy.stats.norm.cdf(0.3)",
    "from import": "from scipy.stats import norm; result = norm.cdf(0.3)",
    "from the parent": "from scipy import stats; result = stats.norm.cdf(0.3)",
    "star": "from scipy.stats import *; result = norm.cdf(0.3), sorted(name for name in dir() if name[0] != '_')",
    "dir": "import scipy.stats; result = dir(scipy.stats)",
    "vars": "import scipy.stats; result = sorted(vars(scipy.stats))",
    "repr": "import scipy.stats; result = repr(scipy.stats)",
    "documentation": "import scipy.stats; result = scipy.stats.__doc__",
    "what is not there": "import scipy.stats; scipy.stats.nothing",
    "hasattr": "import scipy.stats; result = hasattr(scipy.stats, 'nothing'), hasattr(scipy.stats, 'norm')",
    "from import of what is not there": "from scipy.stats import nothing",
    "import of what is not there": "import scipy.stats.nothing",
    "set": "import scipy.stats; scipy.stats.mine = 1; result = scipy.stats.mine, 'mine' in vars(scipy.stats)",
    "delete": "import scipy.stats; del scipy.stats.norm; result = hasattr(scipy.stats, 'norm')",
    "class of the module": "import scipy.stats as s; s.norm; import sys; result = type(sys.modules['scipy.stats'])",
    "held by the parent": (
        "import scipy.stats as s, scipy, sys; s.norm; result = scipy.stats is sys.modules['scipy.stats']"
    ),
    "submodule": (
        "import scipy.stats.mstats as m; import scipy.stats; result = m is scipy.stats.mstats, m.__spec__.name"
    ),
    "submodule is not imported twice": (
        "import scipy.stats._distn_infrastructure as d; import scipy.stats; "
        "result = isinstance(scipy.stats.norm, d.rv_continuous), d.rv_continuous is scipy.stats.rv_continuous"
    ),
    "private submodule first": "from scipy.stats._stats_py import gmean; result = gmean([1.0, 4.0])",
    "spec": "import scipy.stats as s; s.norm; result = s.__spec__.name, s.__spec__.loader.name, s.__file__, s.__path__",
    "isinstance": "import scipy.stats; result = isinstance(scipy.stats.norm, scipy.stats.rv_continuous)",
    "subclass": (
        "import scipy.stats\nclass Mine(scipy.stats.rv_continuous):\n    def _pdf(self, x): return 1.0\n"
        "result = Mine(a=0, b=1).cdf(0.25), Mine.__mro__"
    ),
    "call of a forward": "from scipy.stats import rankdata; result = rankdata([3, 1, 2])",
    "wrong call of a forward": "from scipy.stats import rankdata; rankdata()",
    "wrong name in a call of a forward": "from scipy.stats import gmean; gmean([1.0], nothing=2)",
    "forward's own attributes": "from scipy.stats import spearmanr as s; result = s.__name__, s.__doc__, s.__module__",
    "forward's class": "import types; from scipy.stats import gmean; result = isinstance(gmean, types.FunctionType)",
    "forward's signature": "import inspect; from scipy.optimize import shgo; result = inspect.signature(shgo)",
    "forward of an object": "from scipy.stats import chi2; result = chi2(3).isf(0.5), chi2.cdf(1.0, 2), chi2.name",
    "forward in a pickle": (
        "import pickle; from scipy.stats import rankdata; result = pickle.loads(pickle.dumps(rankdata))([3, 1, 2])"
    ),
    "forward is the real one after a use": (
        "import scipy.stats, sklearn.metrics._ranking as r; held = r.rankdata; held([1]); "
        "result = r.rankdata is scipy.stats.rankdata"
    ),
    "scikit-learn holds the real one after a use": (
        "import scipy.stats, sklearn.preprocessing._data as d; scipy.stats.norm; result = d.stats is scipy.stats"
    ),
    "pickle of a distribution": (
        f"import pickle; result = pickle.loads({pickle.dumps(scipy.stats.norm(1, 2))!r}).cdf(0.3)"
    ),
    "pickle there and back": (
        "import pickle, scipy.stats; result = pickle.loads(pickle.dumps(scipy.stats.gamma(2.0))).ppf(0.3)"
    ),
    "pickle of a function": f"import pickle; result = pickle.loads({pickle.dumps(scipy.stats.gmean)!r})([1.0, 4.0])",
    "pickle of a search": f"import pickle; result = pickle.loads({SEARCH!r}).param_distributions['C'].cdf(1.0)",
    "threads": (
        "import threading, sklearn.metrics._ranking as r, scipy.stats\nfrom scipy.stats import gmean\nfound = []\n"
        "work = [lambda: r.rankdata([3, 1]).tolist(), lambda: scipy.stats.norm.cdf(0.0), lambda: gmean([1.0, 4.0]), "
        "lambda: __import__('scipy.stats.mstats').stats.mstats.__name__]\n"
        "all_of = [threading.Thread(target=lambda w=w: found.append(str(w()))) for w in work * 4]\n"
        "[t.start() for t in all_of]; [t.join() for t in all_of]\nresult = sorted(found)"
    ),
    "under strict arithmetic": (
        "import numpy, scipy\nwith numpy.errstate(all='raise'): result = scipy.stats.norm.cdf(0.3)"
    ),
    "random numbers": (
        "import numpy; numpy.random.seed(0); import scipy.stats as s; s.norm; result = numpy.random.rand()"
    ),
    **OTHER_SNIPPETS,
}


FAILING = """
import sys
import scipy.stats
sys.modules["scipy.stats._stats_py"] = None
result = []
for _ in range(2):
    try:
        scipy.stats.norm
    except ImportError as error:
        result.append(error.name)
del sys.modules["scipy.stats._stats_py"]
result.append(float(scipy.stats.norm.cdf(0.0)))
"""


def outcomes(deferred: str, snippets: dict[str, str]) -> dict[str, str]:
    command = [sys.executable, str(Path(__file__).with_name("deferral_process.py")), deferred]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "OPENBLAS_NUM_THREADS": "1"}
    asked = json.dumps(list(snippets.values()))
    done = subprocess.run(command, input=asked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(zip(snippets, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def told() -> tuple[dict[str, str], dict[str, str]]:
    """What the snippets come to with nothing deferred, and with what Lambda defers."""
    return outcomes("no", SNIPPETS), outcomes("yes", SNIPPETS)


@pytest.mark.parametrize("name", SNIPPETS)
def test_what_is_deferred_behaves_as_what_is_not(told: tuple[dict[str, str], dict[str, str]], name: str) -> None:
    expected, came = told
    assert came[name] == expected[name]


def test_the_snippets_do_what_they_are_there_for(told: tuple[dict[str, str], dict[str, str]]) -> None:
    raising = {name for name, text in told[0].items() if text.partition(":")[0].endswith("Error")}
    assert raising == {
        "what is not there",
        "from import of what is not there",
        "import of what is not there",
        "wrong call of a forward",
        "wrong name in a call of a forward",
        "numpy.testing",
        "numpy.testing by name",
        "narwhals asked wrongly",
    }


def test_an_import_that_fails_is_an_import_error_and_is_tried_again() -> None:
    told = outcomes("yes", {"failing": FAILING})["failing"]
    assert told == "['scipy.stats._stats_py', 'scipy.stats._stats_py', 0.5]"


def test_what_was_imported_before_is_left_alone() -> None:
    assert isinstance(sys.modules["scipy.stats"], type(sys))
    finders = list(sys.meta_path)
    try:
        defer_imports()
        assert type(scipy.stats) is type(sys)
        assert sys.modules["scipy.stats"] is scipy.stats
        assert scipy.stats.rankdata.__module__ == "scipy.stats._stats_py"
        assert set(DEFERRED) >= {"scipy.stats"}
    finally:
        sys.meta_path[:] = finders
