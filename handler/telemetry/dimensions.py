"""Any name as the value of a metric's dimension: CloudWatch drops a metric whose dimension it does not take.

Metrics are counted under the service's name, which is whatever the function was given. A name of plain letters stays
as it is; another stays recognisable, and no two names become one.
"""

import hashlib

MOST_CHARACTERS = 1024
"""Of a value, which is printable ASCII, not blank, and begins with no colon (CloudWatch API Reference, "Dimension")."""

DIGEST_DIGITS = 16
NO_NAME = "\\empty"


def dimension_value(name: str) -> str:
    """`name` with what CloudWatch does not take escaped as in Python's literals, and cut where it is too long.

    A backslash is doubled, so that no name can look like another one's escapes.
    """
    # Python's codec escapes a backslash, control characters, and all that is not ASCII.
    value = name.encode("unicode_escape").decode("ascii")
    if not value:
        return NO_NAME
    if value.startswith(":") or value.isspace():
        value = f"\\x{ord(value[0]):02x}{value[1:]}"
    if len(value) <= MOST_CHARACTERS:
        return value
    digest = hashlib.sha256(value.encode()).hexdigest()[:DIGEST_DIGITS]
    return f"{value[: MOST_CHARACTERS - DIGEST_DIGITS - 2]}\\~{digest}"
