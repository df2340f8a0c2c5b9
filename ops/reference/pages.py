"""The pages that have generated parts, and what stands in each part.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`, and NAME is one of `PARTS`; all around it
is written by hand. A test fails while a page is not what this would write.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ops.commands import ROOT
from ops.reference.api import (
    errors_of_caller,
    errors_of_gateway,
    errors_of_gateway_for_caller,
    errors_of_service,
    libraries,
    metrics,
    monitor_settings,
    routes,
    settings,
    statuses,
    stream_settings,
)
from ops.reference.command_line import commands, targets
from ops.reference.house import folders
from ops.reference.pins import pins
from ops.reference.proofs import cost_of_proofs, not_proved, proofs
from ops.reference.runbook import runbook_of_gateway, runbook_of_metrics, runbook_of_service
from ops.reference.template import alarms, outputs, parameters

PART = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
PARTS: Final[Mapping[str, Callable[[], str]]] = {
    part.__name__: part
    for part in (
        *(routes, settings, monitor_settings, stream_settings),
        *(statuses, errors_of_caller, errors_of_service, errors_of_gateway),
        *(libraries, commands, parameters, outputs, targets),
        *(errors_of_gateway_for_caller, metrics, runbook_of_service, runbook_of_gateway, runbook_of_metrics),
        alarms,
        pins,
        folders,
        *(proofs, cost_of_proofs, not_proved),
    )
}


def pages() -> tuple[Path, ...]:
    """The README and the pages of docs/, those with a generated part alone."""
    every = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    return tuple(page for page in every if PART.search(page.read_text(encoding="utf-8")))


def generated(page: str) -> str:
    """`page` with its generated parts as the code has them now."""
    return PART.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", page)
