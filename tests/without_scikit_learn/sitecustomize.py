"""Lets this process find neither scikit-learn nor what ships with it alone."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

HIDDEN = ("joblib", "scipy", "sklearn", "threadpoolctl")


class FindsNoScikitLearn(PathFinder):
    """Finds what is installed, but for what is hidden."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return None if fullname.partition(".")[0] in HIDDEN else super().find_spec(fullname, path, target)


sys.meta_path[:] = [FindsNoScikitLearn if finder is PathFinder else finder for finder in sys.meta_path]
