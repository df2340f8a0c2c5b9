"""Which commit a model is made at, or a function deployed from."""

import subprocess


def git_commit() -> str | None:
    """The commit that is checked out here, or None outside a repository."""
    try:
        # The revision of the working folder: the user's own project, where that is another than this one.
        answer = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607 - git is wherever the user has it
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
