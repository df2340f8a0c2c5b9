"""Uses of the deferred modules other than scipy.stats, for test_deferred_imports.py."""

import pickle

import numpy as np
import scipy.optimize
import scipy.spatial

OTHER_SNIPPETS = {
    "linear programme": "from scipy.optimize import linprog; result = linprog([1, 2], [[-1, -1]], [-1]).x.tolist()",
    "linear programme of the package": "import scipy.optimize as o; result = o.linprog([1], [[-1]], [-1]).fun",
    "global search": (
        "from scipy.optimize import shgo; result = shgo(lambda x: (x[0] - 1) ** 2, [(0, 3)]).x.round(6).tolist()"
    ),
    "private module": "import scipy.optimize._linprog as p; result = p.LINPROG_METHODS, p.linprog.__module__",
    "integral": (
        "from scipy.integrate import trapezoid, quad; result = trapezoid([1, 2, 3]), quad(lambda x: x, 0, 1)[0]"
    ),
    "spline": "from scipy.interpolate import BSpline as B; result = B([0, 1, 2, 3], [1, 2], 1)(1.5), B.__mro__[1]",
    "spline's class": (
        "from scipy.interpolate import BSpline, make_interp_spline; "
        "result = isinstance(make_interp_spline([0, 1, 2], [0, 1, 4], k=1), BSpline)"
    ),
    "instance of a forward": (
        "import sklearn.preprocessing._polynomial as p; held = p.BSpline; import scipy.interpolate as i; "
        "result = isinstance(i.make_interp_spline([0, 1, 2], [0, 1, 4], k=1), held)"
    ),
    "subclass of a forward": (
        "from scipy.interpolate import BSpline\nclass Mine(BSpline): pass\n"
        "result = Mine.__mro__, issubclass(Mine, BSpline), Mine([0, 1, 2, 3], [1, 2], 1)(1.5)"
    ),
    "subclass check of a held forward": (
        "import sklearn.preprocessing._polynomial as p; held = p.BSpline; import scipy.interpolate as i; "
        "result = issubclass(i.BSpline, held), held == i.BSpline, hash(held) == hash(i.BSpline)"
    ),
    "rotation": "from scipy.spatial.transform import Rotation as R; result = R.identity().as_quat().tolist()",
    "rotation of the package": "import scipy.spatial as s; result = s.transform.Rotation.identity().magnitude()",
    "numpy.testing": "import numpy; numpy.testing.assert_allclose(1, 2)",
    "numpy.testing by name": "from numpy.testing import assert_equal; assert_equal(1, 2)",
    "numpy.f2py": "import numpy.f2py; result = numpy.f2py.get_include()",
    "submodule of numpy.f2py": "import numpy.f2py.symbolic as s; result = s.Op.INTEGER",
    "asyncio": "import asyncio\nasync def one(): return 1\nresult = asyncio.run(one())",
    "submodule of asyncio": "from asyncio.queues import Queue; import asyncio; result = Queue is asyncio.Queue",
    "line search": (
        "from scipy.optimize._linesearch import line_search_wolfe2, LineSearchWarning; import scipy.optimize as o; "
        "result = line_search_wolfe2(lambda x: x @ x, lambda x: 2 * x, __import__('numpy').ones(2), "
        "-__import__('numpy').ones(2))[0], LineSearchWarning.__mro__, o._linesearch.LineSearchWarning.__name__"
    ),
    "scikit-learn's line search": (
        "import sklearn.utils.optimize as u; held = u.line_search_wolfe2; import scipy.optimize._linesearch as s; "
        "result = held == s.line_search_wolfe2, u.line_search_wolfe2 is s.line_search_wolfe2"
    ),
    "minimum": (
        "import scipy.optimize; r = scipy.optimize.minimize(lambda x: (x[0] - 1) ** 2, [3.0]); "
        "result = round(r.x[0], 5), type(r).__mro__"
    ),
    "optimize of the parent": "import scipy; result = scipy.optimize.OptimizeResult(a=1)",
    "private submodules of optimize": (
        "import scipy.optimize as o; result = o._linesearch.__name__, o._linprog.__name__, o._shgo.__name__"
    ),
    "pickle of a result": (
        f"import pickle; result = pickle.loads({pickle.dumps(scipy.optimize.OptimizeResult(x=1))!r}).x"
    ),
    "assignment": (
        "from scipy.optimize import linear_sum_assignment as a; result = [v.tolist() for v in a([[4, 1], [2, 0]])]"
    ),
    "tree of points": "from scipy.spatial import cKDTree; result = int(cKDTree([[0.0], [1.0]]).query([0.9])[1])",
    "distances": (
        "from scipy.spatial import distance; result = distance.cdist([[0.0]], [[3.0]]).tolist(), distance.__name__"
    ),
    "submodule of spatial": (
        "import scipy.spatial.distance as d, scipy.spatial; result = d is scipy.spatial.distance, d.euclidean([0], [2])"
    ),
    "pickle of a tree": (
        f"import pickle; result = pickle.loads({pickle.dumps(scipy.spatial.cKDTree([[0.0], [1.0]]))!r}).n"
    ),
    "masked array": "import numpy; result = numpy.ma.masked_array([1, 2], [0, 1]).sum(), numpy.ma.MaskedArray.__mro__",
    "masked array by name": (
        "from numpy.ma import MaskedArray, core; result = MaskedArray([1]), core.MaskedArray.__name__"
    ),
    "pickle of a masked array": (
        f"import pickle; result = pickle.loads({pickle.dumps(np.ma.masked_equal([1, 2], 2))!r}).filled(7).tolist()"
    ),
    "masked array to scikit-learn": (
        "import numpy, sklearn.preprocessing as p; "
        "result = p.StandardScaler().fit_transform(numpy.ma.masked_array([[1.0], [3.0]], [[0], [1]])).tolist()"
    ),
    "polynomial": "import numpy; result = str(numpy.polynomial.Polynomial([1, 2])(3.0))",
    "submodule of polynomial": "from numpy.polynomial.legendre import leggauss; result = leggauss(1)[1].tolist()",
    "types of numpy": (
        "import numpy.typing as t; result = str(t.DTypeLike), str(t.DTypeLike | None), str(t.NDArray[int])"
    ),
    "private types of numpy": (
        "import numpy._typing as t; import numpy._typing._dtype_like as d; "
        "result = str(t._DTypeLikeBool | None), str(None | d._DTypeLikeBool), t._DTypeLikeInt == d._DTypeLikeInt"
    ),
    "value of a type of numpy": (
        "import typing, numpy.typing as t; value = getattr(t.DTypeLike, '__value__', t.DTypeLike); "
        "result = len(typing.get_args(value))"
    ),
    "narwhals": "import narwhals; result = narwhals.__name__, narwhals.Int64(), narwhals.stable.v2.__name__",
    "narwhals of scikit-learn": (
        "import sklearn.utils.validation as v; "
        "result = v.nw.dependencies.is_into_dataframe([1]), v.nw.Int64, v.nw.__name__"
    ),
    "narwhals asked of arrays": (
        "import sklearn.utils.validation as v, numpy as n\nclass Mine(n.ndarray): pass\n"
        "given = [n.ones(1), n.ones((1, 1), dtype=object), n.ones(1).view(Mine), n.float64(1), None, 'a', n]\n"
        "result = [(v.nw.dependencies.is_into_dataframe(g), v.nw.dependencies.is_into_series(g)) for g in given]"
    ),
    "narwhals asked wrongly": "import sklearn.utils.validation as v; v.nw.dependencies.is_into_dataframe()",
    "narwhals of other names": (
        "from narwhals.stable.v2 import dependencies as d, from_native; import narwhals.stable.v2.dependencies as e; "
        "result = d == e, d.is_numpy_array(__import__('numpy').ones(1)), from_native(1, pass_through=True)"
    ),
    "narwhals version 1": "import narwhals.stable.v1 as v; result = v.__name__, v.Int64",
    "pydoc": "import pydoc; result = pydoc.locate('builtins.int'), pydoc.splitdoc('a\\n\\nb')",
    "jmespath": (
        "import aws_lambda_powertools.utilities.jmespath_utils as j; "
        "result = j.query({'a': {'b': 1}}, 'a.b'), j.__name__"
    ),
    "correlation id": (
        "import aws_lambda_powertools as p\nlogger = p.Logger(service='s')\n"
        "@logger.inject_lambda_context(correlation_id_path='a.b')\ndef handle(event, context): pass\n"
        "handle({'a': {'b': 'id'}}, type('C', (), dict.fromkeys(['function_name', 'memory_limit_in_mb', "
        "'invoked_function_arn', 'aws_request_id'], 'x')))\nresult = logger.get_correlation_id()"
    ),
}
