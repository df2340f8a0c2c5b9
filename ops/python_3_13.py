"""Prints the path of a CPython 3.13, which make gives to the tools in .tools/.

ministack runs the deployed package under its own interpreter, and the package holds bytecode of 3.13 alone; the others
are resolved for the same. The packager knows where to look, and what to tell a person who has none.
"""

import os

from packager.bytecode import find_interpreter
from packager.errors import NoInterpreter

if __name__ == "__main__":
    try:
        print(find_interpreter(os.environ))
    except NoInterpreter as error:
        raise SystemExit(str(error)) from None
