"""A second model for the tests, of the other task: diabetes with a ridge regression, and names that need escaping."""

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

from handler.records.signature import Target
from training.data.statistics import dataset_sha256, numeric_features
from training.fit.trained_model import TrainedModel

FIRST_FEATURE = '<script>alert("age")</script>'


def train_diabetes() -> TrainedModel:
    data = load_diabetes()
    x_train, x_test, y_train, y_test = train_test_split(data.data, data.target, random_state=0)
    return TrainedModel(
        name="diabetes",
        task="regression",
        estimator=Ridge().fit(x_train, y_train),
        features=numeric_features([FIRST_FEATURE, *data.feature_names[1:]], x_train),
        target=Target("disease progression"),
        x_test=x_test,
        y_test=y_test,
        dataset="sklearn.datasets.load_diabetes & <more>",
        dataset_sha256=dataset_sha256(data.data, data.target),
        rows=len(np.asarray(data.target)),
        seed=0,
    )
