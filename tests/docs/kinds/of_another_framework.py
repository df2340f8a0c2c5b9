"""Python that exports a model from a framework which is not installed here: what it would write is there afterwards.

The file that the block names is one that the very calls of the block made, by a recipe in tests/bring/foreign/recipes.
"""

import ast
import re
import shutil

from tests.bring.foreign.kept_models import HERE, kept
from tests.docs.fences import Fence
from tests.docs.reader import Reader

EXPORTING = ("torch.onnx.export", "from_keras", "convert_xgboost", "convert_lightgbm")


def check(block: Fence, reader: Reader) -> None:
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Call)]
    exporting = [call for call in calls if call.endswith(EXPORTING)]
    assert len(exporting) == 1, f"{block.place}: a block exports one model, and this one calls {exporting}."
    recipes = "".join(file.read_text() for file in sorted((HERE / "recipes").glob("*.py")))
    assert f"{exporting[0]}(" in recipes, f"{block.place}: no recipe calls {exporting[0]}."
    (name,) = re.findall(r'"(\w+)\.onnx"', block.text)
    shutil.copy(kept(name).file, reader.checkout / f"{name}.onnx")
