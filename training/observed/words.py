"""What was read beside the windows of a version, in words for a person."""

from handler.monitoring.reading.collected import Collected


def notes(collected: Collected, version: str) -> list[str]:
    """What else there was beside the windows of `version`, and what was not counted."""
    others = [
        f"There are also {counted(window.rows, 'row')} of {'no version' if name == 'none' else f'version {name}'}."
        for name, window in sorted(collected.windows.items())
        if name != version and window.rows
    ]
    refused = [
        f"{counted(count, 'window')} {'was' if count == 1 else 'were'} not counted. {collected.reasons[kind]}"
        for kind, count in collected.refused.items()
    ]
    twice = [f"{counted(collected.duplicates, 'line')} came twice and counted once."] if collected.duplicates else []
    cut = [f"{counted(collected.incomplete, 'window')} came without all parts."] if collected.incomplete else []
    return [*others, *refused, *twice, *cut]


def counted(number: int, what: str) -> str:
    """`number` of `what`, which takes an s."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
