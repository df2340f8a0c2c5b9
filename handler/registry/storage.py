"""Where the bytes of an artifact are while it is read and served, and how much room that takes in /tmp."""

IN_MEMORY_BYTES = 16 * 1024 * 1024
"""An artifact of so many bytes at most is read into memory: a few copies of it do not matter there."""

RESERVE_BYTES = 8 * 1024 * 1024
"""What is left in /tmp for the file system itself and for what else the function writes."""


def storage_needed(artifact_bytes: int) -> int:
    """The bytes of /tmp that a function needs, so that it need not hold an artifact of this length in memory.

    While a model is replaced, its file and that of the new one are both there. 0 for an artifact that is read into
    memory anyway. With less, the function serves all the same, and takes more memory.
    """
    return 0 if artifact_bytes <= IN_MEMORY_BYTES else 2 * artifact_bytes + RESERVE_BYTES
