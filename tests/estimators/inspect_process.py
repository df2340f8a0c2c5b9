"""Inspects many models in one process, each as `package` does it in a process of its own.

Run by `training.isolation`. `asked` has of each name the arguments of the inspection; the answer has what it returns.
"""

from typing import Any


def main(asked: dict[str, list[Any]]) -> dict[str, Any]:
    """Of each name what the inspection finds, or why it refuses the model."""
    from training.bring.inspection_process import main as inspect

    return {name: inspect(*arguments) for name, arguments in asked.items()}
