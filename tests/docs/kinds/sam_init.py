"""`sam init` from a path that the reader must put in: run from this checkout, into an empty folder."""

from pathlib import Path
from tempfile import TemporaryDirectory

from ops.commands import ROOT
from tests.docs.fences import Fence
from tests.docs.reader import Reader, SampleFailed

PLACE = "/path/to/sklearn-on-lambda"


def check(block: Fence, reader: Reader) -> None:
    if PLACE not in block.text:
        raise SampleFailed(f"{block.place}: The location should be {PLACE}, which the reader replaces.")
    with TemporaryDirectory() as folder:
        reader = reader.elsewhere(Path(folder) / "state")
        sam = f'sam() {{ SAM_CLI_TELEMETRY=0 "{ROOT}/.tools/sam/bin/sam" "$@"; }}'
        empty = Path(folder) / "empty"
        empty.mkdir()
        command = block.text.replace(PLACE, str(reader.checkout))
        done = reader.shell.run(f'{sam}\ncd "{empty}"\n{command}')
        if done.code != 0:
            raise SampleFailed(f"{block.place}: {block.text}\nended with {done.code}:\n{done.output}")
        made = sorted(path.name for path in empty.iterdir())
        if len(made) != 1 or not (empty / made[0] / "template.yaml").exists():
            raise SampleFailed(f"{block.place}: It made {made}, and no project.")
