"""A query for the function's log, run over the lines that the real handler writes for every fault: it finds some.

On a good day the log of the deployed stack holds none of them. That each query finds its own lines and no other's is
in tests/docs/runbook/test_queries.py.
"""

from tests.docs.fences import Fence
from tests.docs.insights import client_of, stages
from tests.docs.reader import Reader, SampleFailed
from tests.docs.runbook.queries import every_line, found, put_lines

GROUP = "/tried/log-lines"


def check(block: Fence, reader: Reader) -> None:
    logs = client_of("logs", reader.shell.variables())
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        put_lines(logs, GROUP, every_line())
    stages(block.text)
    if not found(logs, GROUP, block.text):
        raise SampleFailed(f"{block.place}: The query finds none of the lines that the handler writes for any fault.")
