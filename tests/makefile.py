"""The Makefile, and the names of the targets that it says a line about: tests hold pages and workflows to them."""

import re
from pathlib import Path
from typing import Final

MAKEFILE: Final = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
TARGETS: Final = frozenset(re.findall(r"^([a-z0-9-]+):.*##", MAKEFILE, re.MULTILINE))
