"""Which deployed functions write the windows of a model, and so which log groups have them."""

from training.errors import UnknownLogGroup
from training.observed.log import log_group_of
from training.release.deployed.record import is_stack_name
from training.release.deployed.records import serving
from training.release.stores.writable import WritableStore


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
