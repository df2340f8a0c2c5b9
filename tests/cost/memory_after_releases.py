"""A function in a process of its own whose alias moves: `python -m tests.cost.memory_after_releases ROOT TIMES`.

ROOT is a directory registry with two versions. Prints the anonymous memory in MB after the first answer, and after each
release once its version answers.
"""

import json
import os
import sys
import time
from pathlib import Path

from bench.memory.forests import EVENT
from bench.memory.peaks import anonymous_megabytes
from handler.registry.manifest import sha256
from tests.unit.handler.asking import ask, open_application
from tests.unit.handler.models import write_alias


def main(root: str, times: str) -> None:
    event = json.loads(EVENT)
    versions = sorted(path.name for path in Path(root, "versions").iterdir())
    application = open_application(MODEL_URI=root)
    for turn in range(int(times) + 1):
        version = versions[turn % 2]
        manifest = Path(root, "versions", version, "manifest.json").read_bytes()
        write_alias(Path(root), version, sha256(manifest))
        deadline = time.monotonic() + 60
        while ask(application, event).headers["x-model-version"] != version:
            assert time.monotonic() < deadline
            application.holder.ask_again()
        print(round(anonymous_megabytes(os.getpid()), 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
