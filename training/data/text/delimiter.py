"""What separates the values of a CSV: how a person writes it, and what a message says of it."""

TAB = "tab"
"""How a tab is written where it cannot be typed. An escape, \\t, is read too."""

MARKS = (";", "\t", "|", ":", ",")


def delimiter_of(spelled: str) -> str:
    """The character that is meant: a tab by its name or its escape, any other by itself."""
    return "\t" if spelled.lower() == TAB or spelled == r"\t" else spelled


def is_delimiter(character: str) -> bool:
    """Whether a CSV's values can be separated by it: one ASCII character that begins no value and no quotation."""
    return len(character) == 1 and character.isascii() and not character.isalnum() and character not in '"\r\n\0'


def delimiter_hint(line: str) -> str:
    """What to say of a line of names in which the delimiter does not occur; empty where no other occurs either."""
    found = max(MARKS, key=line.count)
    if found not in line:
        return ""
    from training.console import quoted  # rich, which a worker of a cluster need not have

    shown, given = ("a tab", TAB) if found == "\t" else (repr(found), quoted(found))
    return f" The values seem to be separated by {shown}: add --delimiter {given}."
