"""Packages a model that answers rows of Iris, the same for a row alone and among others, and that two values break."""

import subprocess
import sys
from pathlib import Path

from ops.commands import ROOT, environment, run

OWN = Path(__file__).with_name("own")
FIT = """
import joblib, sys
sys.path.insert(0, sys.argv[1])
from brittle_step import BrittleStep
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
table = load_iris(as_frame=True)
named = table.frame.drop(columns="target")
labels = table.target.map(dict(enumerate(table.target_names)))
model = make_pipeline(BrittleStep(), RandomForestClassifier(n_estimators=10, random_state=1)).fit(named, labels)
joblib.dump(model, sys.argv[2] + "/mine.joblib")
named.assign(species=labels).to_csv(sys.argv[2] + "/table.csv", index=False)
"""


def package(folder: Path) -> Path:
    """Fit and package the model below `folder`; gives the folder to publish."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-c", FIT, str(OWN), str(folder)], check=True, cwd=ROOT)
    out = folder / "out"
    command = [sys.executable, "-m", "training", "package", str(folder / "mine.joblib"), "--out", str(out)]
    command += ["--table", str(folder / "table.csv"), "--target", "species", "--name", "iris"]
    command += ["--code", str(OWN), "--trust", "--no-twin"]
    run(command, env=environment())
    return out
