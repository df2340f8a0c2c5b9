"""Trains the first model: Iris with a logistic regression, as in the lesson.

`python -m training train` and the demo call it.
"""

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from handler.manifest import Target
from training.describe import dataset_sha256, numeric_features
from training.lesson import split_iris
from training.model import TrainedModel

TEST_SIZE = 0.2
MAX_ITER = 200
DEFAULT_SEED = 42


def train_iris(seed: int = DEFAULT_SEED) -> TrainedModel:
    """Iris at the lesson's defaults, split by `seed`; 120 rows are fitted, 30 held out."""
    split = split_iris(test_size=TEST_SIZE, random_state=seed)
    iris = load_iris()
    return TrainedModel(
        name="iris",
        task="classification",
        estimator=LogisticRegression(max_iter=MAX_ITER).fit(split.x_train, split.y_train),
        features=numeric_features(split.feature_names, split.x_train),
        target=Target("species", tuple(str(name) for name in split.target_names)),
        x_test=split.x_test,
        y_test=split.y_test,
        dataset="sklearn.datasets.load_iris",
        dataset_sha256=dataset_sha256(iris.data, iris.target),
        rows=len(iris.data),
        seed=seed,
    )
