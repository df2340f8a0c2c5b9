"""Forests whose artifacts have about the sizes that are measured, each as a folder that `publish` takes."""

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import joblib

from handler.registry.manifest import sha256
from packager.build import PROJECT

ROWS = 12_500
"""Of which a fifth is held out: a tree then takes about 0.9 MB."""

TREE_MEGABYTES = 0.914
EVENT = json.dumps(
    {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "Prod", "path": "/Prod/predict"},
        "body": json.dumps({"features": [0.1, 0.2, 0.3, 0.4]}),
        "isBase64Encoded": False,
    }
)
"""A row for any of them."""


def train_forest(megabytes: int, scratch: Path) -> Path:
    """The folder of a forest of about so many MB, trained by the command line."""
    table, folder = scratch / "table.csv", scratch / f"forest-{megabytes}"
    draw = random.Random(0)  # noqa: S311 - a table, no secret
    with table.open("w", newline="") as file:
        rows = ([draw.random() for _ in range(4)] for _ in range(ROWS))
        csv.writer(file).writerows([["a", "b", "c", "d", "y"], *([*row, sum(row) + draw.random()] for row in rows)])
    trees = max(1, round(megabytes / TREE_MEGABYTES))
    command = [sys.executable, "-m", "training", "train", "--table", str(table), "--target", "y", "--out", str(folder)]
    command += ["--estimator", "sklearn.ensemble.RandomForestRegressor", "--param", f"n_estimators={trees}"]
    command += ["--param", "n_jobs=-1"]
    subprocess.run(command, cwd=PROJECT, env=os.environ, check=True, capture_output=True)  # noqa: S603 - our own command
    return folder


def compressed(folder: Path) -> Path:
    """The same model as joblib compresses it (zlib, level 3), which none of our commands does."""
    target = folder.with_name(f"{folder.name}-compressed")
    target.mkdir()
    joblib.dump(joblib.load(folder / "model.joblib"), target / "model.joblib", compress=3)
    data = (target / "model.joblib").read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["joblib"] |= {"bytes": len(data), "sha256": sha256(data)}
    manifest["version"] = manifest["version"][:-8] + sha256(data)[:8]
    (target / "manifest.json").write_text(json.dumps(manifest))
    (target / "report.html").write_bytes((folder / "report.html").read_bytes())
    return target
