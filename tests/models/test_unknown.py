"""With --allow-unknown a category that training never saw is answered as a gap is; without, it is refused."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from handler.api.body.instances import Instances, to_rows
from handler.errors.request import InvalidFeatures
from handler.serving.predictor import load_predictor
from tests.unit.training.tables import churn_csv
from training.cli.main import main
from training.release.publish import read_folder

BOOSTING = ("--estimator", "sklearn.ensemble.HistGradientBoostingClassifier", "--param", "max_iter=5")


@pytest.mark.parametrize("estimator", [(), BOOSTING])
def test_a_category_never_seen_is_answered_as_a_gap(tmp_path: Path, estimator: tuple[str, ...]) -> None:
    table = ("--csv", str(churn_csv(tmp_path)), "--target", "churned")
    arguments = ["train", *table, *estimator, "--allow-unknown", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    folder = read_folder(tmp_path / "out")
    features = folder.manifest.features
    row = [*folder.manifest.example.features]
    place = [feature.name for feature in features].index("plan")
    rows = to_rows(
        Instances([[*row[:place], value, *row[place + 1 :]] for value in ("platinum", None)], True), features
    )
    first, second = load_predictor(folder.artifact).predict(rows)
    assert first == second
    with pytest.raises(InvalidFeatures, match="a string"):
        to_rows(Instances([[*row[:place], 3, *row[place + 1 :]]], False), features)
    assert np.asarray(rows).shape == (2, len(features))
