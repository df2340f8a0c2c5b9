"""What can go wrong in a build, in words for the person who ran it.

PackagerError
├── BadLock            the pins cannot be built from, or are not what is said to ship
├── WheelUnavailable   there is no such wheel for the target, or it is not the one that was pinned
├── CannotLoad         Amazon Linux 2023 could not load a wheel or a library in it
├── NoInterpreter      no CPython 3.13 to make the bytecode
└── BadTree            the output directory is in use, a file would be written twice, or the package is too large
"""


class PackagerError(Exception):
    """A build that cannot go on; its text says what was expected, what came, and what to do."""


class BadLock(PackagerError):
    """The pins of handler/requirements.* cannot be used, or differ from what is said to ship."""


class WheelUnavailable(PackagerError):
    """A pinned wheel cannot be had."""


class CannotLoad(PackagerError):
    """Lambda's operating system could not load what was downloaded."""


class NoInterpreter(PackagerError):
    """There is no CPython 3.13."""


class BadTree(PackagerError):
    """The package's folder is not as it must be."""
