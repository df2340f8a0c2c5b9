"""Commands that the stand-in's gateway cannot take, such as one that sends a compressed body.

They are run against the function's own routes on localhost, which serve the model of the stack.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.fences import Fence
from tests.docs.reader import Reader
from tests.local_service import serving


def check(block: Fence, reader: Reader) -> None:
    variables = reader.shell.variables()
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name, value in variables.items():
            if name.startswith("AWS_"):
                patch.setenv(name, value)
        with serving(variables["MODEL_URI"], Path(folder) / "log") as url:
            reader.shell.run(f"export API_URL={url}")
            try:
                reader.do(replace(block, kind=None))
            finally:
                reader.shell.run(f"export API_URL={variables['API_URL']}")
