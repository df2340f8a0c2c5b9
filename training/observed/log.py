"""The log group of a deployed function: which one it is, and how a workstation reads it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from handler.monitoring.reading.failures import LogAccessDenied, LogUnreachable, LogUnreadable
from handler.monitoring.reading.log_group import LogLine, LogsClient, read_log_group
from training.account import FAILURES, trouble, trouble_with_credentials
from training.errors import UnknownLogGroup
from training.release.deployed.record import is_stack_name
from training.release.deployed.records import serving
from training.release.stores.writable import WritableStore

CONNECT_SECONDS = 2
READ_SECONDS = 20
ATTEMPTS = 8
"""A page may take CloudWatch seconds, and a few pages a second is all that it gives one account (Amazon CloudWatch Logs
User Guide, "CloudWatch Logs quotas": FilterLogEvents)."""


def log_group_of(stack: str) -> str:
    """The log group of the function of `stack`, as template.yaml names it."""
    return f"/aws/lambda/{stack}-predict"


def require_stack_name(stack: str) -> None:
    """Raise UnknownLogGroup where no stack can have this name."""
    if not is_stack_name(stack):
        raise UnknownLogGroup(
            f"{stack!r} is no name of a stack: letters, digits and '-', up to 128, with a letter first. "
            "`python -m training functions` lists those on record."
        )


def the_log_group(store: WritableStore, alias: str, stack: str | None, log_group: str | None) -> str:
    """The log group that was named, or that of the stack named, or of the one function on record that serves `alias`.

    Raises UnknownLogGroup where none or several are on record, InvalidFunctionRecord, or a RegistryError.
    """
    if log_group is not None:
        return log_group
    if stack is None:
        stack = _only_stack(store, alias)
    require_stack_name(stack)
    return log_group_of(stack)


def _only_stack(store: WritableStore, alias: str) -> str:
    stacks = [record.stack for record in serving(store, alias)]
    if len(stacks) == 1:
        return stacks[0]
    if stacks:
        raise UnknownLogGroup(
            f"Several functions on record serve {alias!r}: say which one is meant, with --stack. They are: "
            f"{', '.join(stacks)}."
        )
    raise UnknownLogGroup(
        f"No function on record in {store.uri} serves {alias!r}, so it is not known which log has its windows. Name "
        "the stack with --stack, the log group with --log-group, or files of log lines with --windows."
    )


def logs_client() -> LogsClient:
    """A client that waits and tries again where CloudWatch Logs is asked too often.

    Raises LogUnreachable where no region is set, AWS_ENDPOINT_URL is no URL, or AWS_PROFILE names no profile.
    """
    import boto3  # slow to import: most commands do without
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    try:
        # A session of its own, because boto3's common one keeps the credentials that it found first.
        client: LogsClient = boto3.Session().client("logs", config=config)
    except FAILURES as error:
        if text := trouble(error):
            raise LogUnreachable(f"CloudWatch Logs cannot be reached. {text}") from error
        raise
    return client


def read_lines(
    client: LogsClient, group: str, began: datetime, ended: datetime, progress: Callable[[int, int], None]
) -> Iterator[LogLine]:
    """As `read_log_group` of all versions; an error about who asks, or where, says what to do on this machine."""
    try:
        yield from read_log_group(client, group, began, ended, progress=progress)
    except LogUnreadable as error:
        if isinstance(error.__cause__, Exception) and (text := trouble(error.__cause__)):
            denied = trouble_with_credentials(error.__cause__) is not None
            kind = LogAccessDenied if denied else LogUnreachable
            raise kind(f"The log group {group!r} cannot be read. {text}") from error
        raise
