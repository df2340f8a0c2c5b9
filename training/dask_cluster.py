"""The Dask cluster that `--backend` names."""

import contextlib
from collections.abc import Iterator
from typing import Any

from training.errors import InvalidModelFile

DASK_SECONDS = 10
"""How long a Dask scheduler may take to answer."""


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the cluster that `dask=tcp://host:port` names; raises InvalidModelFile where it cannot be reached."""
    kind, _, scheduler = address.partition("=")
    if kind != "dask" or "://" not in scheduler:
        raise InvalidModelFile(f"A backend is given as dask=tcp://host:port; it is {address!r}.")
    try:
        from distributed import Client
    except ImportError as error:
        raise InvalidModelFile(
            "--backend dask needs the package distributed: pip install it, in the version of the cluster."
        ) from error
    try:
        client: Any = Client(scheduler, timeout=DASK_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call] # it has no types
    except (OSError, ValueError) as error:
        raise InvalidModelFile(f"No Dask scheduler answers at {scheduler}: {error}.") from error
    with client:
        yield client
