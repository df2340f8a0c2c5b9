"""A fresh process that imports every module of the handler, and tells on standard output what that did.

Run by path: `python import_process.py`. It watches sockets and processes by Python's audit events, reads of the
environment by standing in for `os.environ`, and the making of clients of S3 by standing in for obstore's.
"""

import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Iterator, MutableMapping
from typing import Any

WATCHED = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.sendto",
    "subprocess.Popen",
    "os.system",
    "pickle.find_class",
)


class Watched(MutableMapping[str, str]):
    """The environment, with a note of each variable that is asked for."""

    def __init__(self, real: MutableMapping[str, str]) -> None:
        self.real = real
        self.read: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.read.append(name)
        return self.real[name]

    def __setitem__(self, name: str, value: str) -> None:
        self.real[name] = value

    def __delitem__(self, name: str) -> None:
        del self.real[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.real)

    def __len__(self) -> int:
        return len(self.real)


def main() -> None:
    # Lambda does not have it, and scikit-learn imports it where it finds it: what is installed here is no matter.
    sys.modules["pandas"] = None  # type: ignore[assignment] # Python's own way to say that there is none
    import obstore.store

    events: list[str] = []
    clients: list[str] = []
    sys.addaudithook(lambda event, _: events.append(event) if event in WATCHED else None)
    made: Any = lambda *arguments, **_: clients.append(repr(arguments))  # noqa: E731 - never to be called
    obstore.store.S3Store = made  # type: ignore[misc] # it stands in for the class
    watched: Any = Watched(os.environ)
    os.environ = watched  # noqa: B003 - it stands in for the environment, and is not meant to clear it
    import handler

    names = [module.name for module in pkgutil.walk_packages(handler.__path__, "handler.")]
    before = set(sys.modules)
    written = sys.stdout
    for name in names:
        importlib.import_module(name)
    told = {
        "modules": names,
        "events": events,
        "clients": clients,
        "read": sorted(set(watched.read)),
        "loaded": sorted(set(sys.modules) - before),
        "same_stdout": sys.stdout is written,
        "applications": importlib.import_module("handler.app").application.cache_info().currsize,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
