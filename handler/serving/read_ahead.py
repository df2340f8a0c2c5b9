"""Reads the model's bytes while scikit-learn is imported: on one core a thread hides no work, but it does hide waiting.

`handler.app` uses it in Lambda's init phase, where a registry is asked three times, one after the other (alias,
manifest, artifact), and the import of scikit-learn is half a second of work. docs/cold-start.md has the figures. The
bytes are verified here; they are unpickled by whoever asks for the model, and every failure is raised there. That is
the init phase alone: Lambda may freeze the environment after it, and a request does not take what was read before.
"""

import threading

from handler.serving.source import Found, ModelSource, ServedModel


class ReadAhead(threading.Thread):
    """`source.load` as `load`, its first reading begun now."""

    def __init__(self, source: ModelSource) -> None:
        super().__init__(name="read-ahead", daemon=True)
        self._source = source
        self._outcome: Found | Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._outcome = self._source.find()
        except Exception as error:  # noqa: BLE001 - `load` raises it
            self._outcome = error

    def load(self, held: ServedModel | None = None) -> ServedModel:
        """What `source.load` gives and raises; the first time, from what was read ahead."""
        self.join()
        outcome, self._outcome = self._outcome, None
        if outcome is None or held is not None:
            return self._source.load(held)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome.loaded()
