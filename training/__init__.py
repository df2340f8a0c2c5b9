"""Everything offline: training, publishing, promoting, serving on localhost.

Runs as `python -m training`; nothing of it runs in Lambda. The names below are those of the lesson that this project
grew from, importable as they were there.
"""

from training.lesson import load_model, predict_sample, save_model, train_iris_model

__all__ = ["load_model", "predict_sample", "save_model", "train_iris_model"]
