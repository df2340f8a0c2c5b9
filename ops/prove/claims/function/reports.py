"""Lambda's REPORT line, and how a cold start is forced: by a version of the function that nobody has asked yet."""

import re
from collections.abc import Iterator

from ops.prove.account.caller import Caller
from ops.prove.account.deployed import Invocation, invoke

INIT = re.compile(r"^REPORT .*\tInit Duration: ([0-9.]+) ms", re.MULTILINE)
RESTORE = re.compile(r"^REPORT .*\tRestore Duration: ([0-9.]+) ms", re.MULTILINE)
WAIT = {"Delay": 2, "MaxAttempts": 150}
"""Five minutes: taking a snapshot takes some of them."""


def init_milliseconds(log: str) -> float | None:
    """The Init Duration of the REPORT line, which only a cold start has."""
    return _figure(INIT, log)


def restore_milliseconds(log: str) -> float | None:
    """The Restore Duration of the REPORT line, which only a start from a snapshot has."""
    return _figure(RESTORE, log)


def _figure(pattern: re.Pattern[str], log: str) -> float | None:
    found = pattern.search(log)
    return float(found[1]) if found else None


def wait_until_active(caller: Caller, function: str, version: str) -> None:
    """Wait until a published version can be asked; with SnapStart its snapshot is taken before that."""
    waiter = caller.client("lambda").get_waiter("published_version_active")
    waiter.wait(FunctionName=function, Qualifier=version, WaiterConfig=WAIT)


def cold_starts(caller: Caller, function: str, count: int) -> Iterator[Invocation]:
    """Publish `count` versions that differ in nothing but a variable, and ask each once.

    A version is a copy of what the function is now, so its first invocation finds no environment. The stack's own
    version, behind the alias, stays as it is.
    """
    client = caller.client("lambda")
    variables = client.get_function_configuration(FunctionName=function).get("Environment", {}).get("Variables", {})
    try:
        for turn in range(count):
            changed = {"Variables": {**variables, "PROVE_TURN": str(turn)}}
            client.update_function_configuration(FunctionName=function, Environment=changed)
            client.get_waiter("function_updated_v2").wait(FunctionName=function, WaiterConfig=WAIT)
            version = client.publish_version(FunctionName=function)["Version"]
            wait_until_active(caller, function, version)
            yield invoke(caller, function, version)
    finally:
        client.update_function_configuration(FunctionName=function, Environment={"Variables": variables})
        client.get_waiter("function_updated_v2").wait(FunctionName=function, WaiterConfig=WAIT)
