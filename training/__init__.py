"""Everything offline: training, publishing, promoting, serving on localhost.

Runs as `python -m training`; nothing of it runs in Lambda. `publish_model` is for notebooks and scripts. The other
names below are those of the lesson that this project grew from, importable as they were there.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from training.lesson import load_model, predict_sample, save_model, train_iris_model
    from training.notebook.publishing import Published, publish_model

__all__ = ["Published", "load_model", "predict_sample", "publish_model", "save_model", "train_iris_model"]


def __getattr__(name: str) -> Any:
    # Imported when it is asked for: scikit-learn takes longer than all else that a command's --help does.
    if name in ("Published", "publish_model"):
        from training.notebook import publishing

        return getattr(publishing, name)
    if name in __all__:
        from training import lesson

        return getattr(lesson, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
