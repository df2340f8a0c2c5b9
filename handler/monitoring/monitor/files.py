"""The monitor's files below a model's root: what they are called, for who writes them and for who looks at them."""

REPORT_FILE, PAGE_FILE, CASE_FILE = "drift.json", "drift.html", "case.json"


def file_key(stack: str, name: str) -> str:
    """Where the file `name` of the monitor of `stack` stands: two stacks may serve one model."""
    return f"monitoring/{stack}/{name}"
