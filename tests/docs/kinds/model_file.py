"""The TOML file of a model: the reader saves it under its `name`, where later blocks find it, and it is trained.

Not compared with what serves: a page may show a model of its own.
"""

import shlex
import tempfile
from pathlib import Path

from tests.docs.fences import Fence
from tests.docs.reader import Reader, SampleFailed
from training.fit.description import read_model_file


def check(block: Fence, reader: Reader) -> None:
    file = reader.checkout / "model.toml"
    file.write_text(block.text)
    file = file.rename(file.with_stem(read_model_file(file).name))
    with tempfile.TemporaryDirectory() as folder:
        out = shlex.quote(str(Path(folder) / "out"))
        done = reader.shell.run(
            f"env -u MODEL_URI .venv/bin/python -m training train {shlex.quote(file.name)} --out {out}"
        )
    if done.code != 0:
        raise SampleFailed(f"{block.place}: The model cannot be trained:\n{done.output}")
