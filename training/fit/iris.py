"""Trains the first model: Iris with a logistic regression, as in the lesson.

`python -m training train` without options trains the same. The description is training/models/iris.toml.
"""

from training.fit.description import DEFAULT_SEED, MODELS, read_model_file
from training.fit.fitting import train_model
from training.fit.trained_model import TrainedModel


def train_iris(seed: int = DEFAULT_SEED) -> TrainedModel:
    """Iris at the lesson's defaults, split by `seed`; 120 rows are fitted, 30 held out."""
    return train_model(read_model_file(MODELS / "iris.toml"), seed)
