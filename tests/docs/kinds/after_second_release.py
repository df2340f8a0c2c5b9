"""Commands of a day on which a second version was released: it is, then they are run like any others."""

from dataclasses import replace

from tests.docs.fences import Fence
from tests.docs.reader import Reader, SampleFailed

BEFORE = (
    ".venv/bin/python -m training package churn.joblib --table churn.csv --target churned --out second --trust",
    '.venv/bin/python -m training publish second --promote --reason "a second version, to roll back from"',
)


def check(block: Fence, reader: Reader) -> None:
    for command in BEFORE:
        done = reader.shell.run(command)
        if done.code != 0:
            raise SampleFailed(f"{block.place}: {command}\nended with {done.code}:\n{done.output}")
    reader.do(replace(block, kind=None))
