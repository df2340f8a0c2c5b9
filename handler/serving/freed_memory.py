"""Gives memory that a model no longer needs back to the system.

glibc keeps what was freed for the thread's arena that it came from, and a model is loaded in a thread of its own each
time (mallopt(3), "M_ARENA_MAX"): after a few releases of a large forest, the function would have the memory of three.
"""

import contextlib


def give_back() -> None:
    """Have the allocator return whatever pages it does not need; does nothing where it is not glibc's."""
    import ctypes  # numpy has it by then

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
