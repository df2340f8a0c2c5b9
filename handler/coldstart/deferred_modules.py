"""What is deferred: modules that scikit-learn, or what it is built on, imports, and that few models ever use.

Each stands with the names that are taken out of it at an import and then only called, asked for a method, or named in a
type. docs/cold-start.md has the figures, and says which estimators import which module after all.
"""

from collections.abc import Mapping

DEFERRED: Mapping[str, frozenset[str]] = {
    "scipy.stats": frozenset({"chi2", "gmean", "rankdata", "spearmanr"}),
    "scipy.integrate": frozenset({"trapezoid"}),
    "scipy.interpolate": frozenset({"BSpline"}),
    "scipy.spatial": frozenset({"distance"}),
    "scipy.spatial.transform": frozenset(),
    "scipy.optimize": frozenset({"linear_sum_assignment", "linprog", "minimize", "minimize_scalar"}),
    "scipy.optimize._linesearch": frozenset({"line_search_wolfe2", "scalar_search_wolfe1"}),
    "scipy.optimize._linprog": frozenset({"linprog", "linprog_verbose_callback"}),
    "scipy.optimize._shgo": frozenset({"shgo"}),
    # scikit-learn asks whether what it is given is a data frame; see NO_ARRAY.
    "narwhals": frozenset(),
    "narwhals.stable": frozenset(),
    "narwhals.stable.v2": frozenset({"dependencies"}),
    # `from numpy import *` in array_api_compat, which scipy brings, imports these; nothing there uses them.
    "numpy.f2py": frozenset(),
    "numpy.testing": frozenset(),
    "numpy.polynomial": frozenset(),
    "numpy.ma": frozenset({"MaskedArray"}),
    # Types for the reader of numpy's signatures: unions of some two hundred names of dtypes.
    "numpy._typing._dtype_like": frozenset(
        {
            *("DTypeLike", "_DTypeLike", "_DTypeLikeBool", "_DTypeLikeBytes", "_DTypeLikeComplex", "_DTypeLikeObject"),
            *("_DTypeLikeComplex_co", "_DTypeLikeDT64", "_DTypeLikeFloat", "_DTypeLikeInt", "_DTypeLikeStr"),
            *("_DTypeLikeTD64", "_DTypeLikeUInt", "_DTypeLikeVoid", "_HasDType", "_SupportsDType", "_VoidDTypeLike"),
        }
    ),
    # Powertools and joblib.memory name it in what only coroutines run.
    "asyncio": frozenset(),
    # joblib.memory and the parsers of docstrings show help by it.
    "pydoc": frozenset(),
    # Powertools' logger finds a correlation id by it, for which this project does not ask.
    "aws_lambda_powertools.utilities.jmespath_utils": frozenset(),
}

NO_ARRAY: Mapping[tuple[str, str], frozenset[str]] = {
    ("narwhals.stable.v2", "dependencies"): frozenset({"is_into_dataframe", "is_into_series"})
}
"""Functions of a deferred name that are False of every numpy array, and need no import to say so."""
