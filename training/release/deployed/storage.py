"""How much of the function's /tmp a model needs while it is loaded."""

SMALL_BYTES = 16 * 1024 * 1024
RESERVE_BYTES = 64 * 1024 * 1024


def storage_needed(artifact_bytes: int) -> int:
    """The bytes of /tmp that an artifact of so many bytes needs; 0 where it is loaded from memory."""
    return 0 if artifact_bytes <= SMALL_BYTES else 2 * artifact_bytes + RESERVE_BYTES
