"""Prints the path of a CPython 3.13, for the tools in .tools/.

ministack runs the deployed package under its own interpreter, and the package holds bytecode for 3.13 only; the pins of
the other tools are resolved for 3.13 too.
"""

import os

from packager.bytecode.compilation import find_interpreter
from packager.errors import NoInterpreter

if __name__ == "__main__":
    try:
        print(find_interpreter(os.environ))
    except NoInterpreter as error:
        raise SystemExit(str(error)) from None
