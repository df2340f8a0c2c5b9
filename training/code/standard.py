"""The modules of Python's standard library as Lambda's runtime has it, whichever Python runs this."""

import sys

_GONE = (
    *("asynchat", "asyncore", "distutils", "imp", "smtpd"),  # Python 3.12, "What's New", "Removed"
    *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis", "nntplib"),
    *("ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),  # PEP 594
)
_LATER = ("annotationlib", "compression")
"""Python 3.14, "What's New"."""

_NOT_ON_LAMBDA = ("idlelib", "tkinter", "turtle", "turtledemo")
"""They need a display."""

STANDARD = frozenset(sys.stdlib_module_names) - {*_GONE, *_LATER, *_NOT_ON_LAMBDA}
"""What a model's own code may import of Python itself, by its top-level names."""

EVERY_STANDARD = frozenset(sys.stdlib_module_names) | {*_GONE, *_LATER}
"""The names that no module of a user may have: Python looks for its own."""
