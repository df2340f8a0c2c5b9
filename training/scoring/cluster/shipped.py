"""What runs on a worker of a cluster. It is sent by value, so nothing here needs this project before that is unpacked.

A worker that comes later is given the same: the scheduler keeps the plugin until it is taken back.
"""

from collections.abc import Callable
from typing import Any

from training.scoring.cluster.bundle import CODE, VERSION


def plugin(archive: bytes, version: str) -> Any:
    """A plugin for each worker: it unpacks `archive`, and scores chunks by `version`, one at a time in a process."""
    from distributed import WorkerPlugin

    code, registry = CODE, VERSION

    class Shipped(WorkerPlugin):
        """Modules of the same names that the worker has are put aside, and put back at the end."""

        def __init__(self) -> None:
            self.archive, self.version = archive, version

        def setup(self, worker: Any) -> None:
            import io
            import sys
            import tempfile
            import threading
            import zipfile

            self.folder = tempfile.mkdtemp(prefix="score-", dir=worker.local_directory)
            with zipfile.ZipFile(io.BytesIO(self.archive)) as packed:
                packed.extractall(self.folder)
            self.archive = b""
            self.aside = self.taken_out()
            sys.path.insert(0, self.folder)
            self.lock = threading.Lock()
            self.work: Any = None

        def teardown(self, worker: Any) -> None:  # noqa: ARG002 - as it is called
            import shutil
            import sys

            with self.lock:
                self.work = None
                self.taken_out()
                sys.modules.update(self.aside)
                if self.folder in sys.path:
                    sys.path.remove(self.folder)
                shutil.rmtree(self.folder, ignore_errors=True)

        def taken_out(self) -> dict[str, Any]:
            import sys

            return {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in code}

        def score(self, asked: bytes) -> bytes | str:
            """What `worker.answer` gives of a chunk, pickled; or the name of a library that the worker lacks."""
            import os
            import pickle

            with self.lock:
                try:
                    from training.scoring.running import worker

                    if self.work is None:
                        self.work = worker.loaded(os.path.join(self.folder, registry), self.version)  # noqa: PTH118 - as short as that
                    return pickle.dumps(worker.answer(self.work, asked))
                except ImportError as error:
                    return error.name or str(error)
                except Exception as error:  # noqa: BLE001 - it is raised where it can be told
                    return pickle.dumps(worker.Failure.of(error))

    return Shipped()


def task() -> Callable[[str, bytes], bytes | str]:
    """What a worker does with a pickled chunk and its format: it asks the plugin of this name."""

    def score_there(name: str, asked: bytes) -> bytes | str:
        from distributed import get_worker

        held: Any = get_worker().plugins[name]
        answer: bytes | str = held.score(asked)
        return answer

    return score_there
