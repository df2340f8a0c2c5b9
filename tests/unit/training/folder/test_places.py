"""What is published names no folder, no home and no host of the machine that trained."""

import io
import json
import platform
import shlex
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from handler.registry.manifest import Manifest
from tests.unit.training.dumping import dump_estimator
from tests.unit.training.packaging import understand
from training.cli.main import main
from training.cli.train import model_spec, published_command, tell, train
from training.fit.fitting import train_model
from training.folder.places import command_line, without_places
from training.folder.writing import build
from training.report.page import render_brought_report

MARK = "jane7f3a9c"
"""Stands in every folder and name of the machine that trains here, and in nothing else."""

PUBLISHED = ("model.joblib", "manifest.json", "report.html")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a machine whose user, host and home are all marked; it holds a table."""
    home = tmp_path / f"home-{MARK}"
    folder = home / "some work"
    folder.mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
        monkeypatch.setenv(name, f"{name.lower()}-{MARK}")
    for module, name in ((socket, "gethostname"), (socket, "getfqdn"), (platform, "node")):
        monkeypatch.setattr(module, name, lambda: f"host-{MARK}")
    monkeypatch.chdir(folder)
    lines = [f"{i % 17},{i % 5},{('a', 'b', 'c')[i % 3]},{int(i % 17 > 8)}" for i in range(120)]
    (folder / "churn.csv").write_text("\n".join(["calls,visits,plan,churned", *lines]) + "\n")
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> None:
    """The command line, as a person types it."""
    typed = [str(argument) for argument in arguments]
    monkeypatch.setattr(sys, "argv", ["training", *typed])
    result = CliRunner().invoke(main, typed)
    assert result.exit_code == 0, result.stderr


def assert_names_no_place(folder: Path) -> None:
    for name in PUBLISHED:
        data = (folder / name).read_bytes()
        assert MARK.encode() not in data, f"{name}: …{data[max(0, data.find(MARK.encode()) - 90) :][:150]!r}…"


def assert_marks_nothing(*published: bytes | str) -> None:
    for text in published:
        assert MARK not in (text if isinstance(text, str) else text.decode("latin-1"))


def built(*arguments: str | Path) -> tuple[Manifest, str]:
    """The manifest and the command of what `train` makes by these arguments; no published form of them is marked."""
    typed = [str(argument) for argument in arguments]
    given = train.make_context("train", list(typed), **main.context_settings).params
    command = published_command(["train", *typed], **given)
    spec = model_spec(given["model"], given)
    made = build(replace(train_model(spec, given["seed"], tell, None), command=command))
    manifest = made.artifact.manifest
    assert_marks_nothing(made.artifact.data, manifest.to_json(), command)
    return manifest, command


def test_a_model_of_a_table_names_it_and_not_where_it_lies(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = machine / "trained"
    run(monkeypatch, "train", "--table", machine / "churn.csv", "--target", "churned", "--out", out)
    assert_names_no_place(out)
    assert Manifest.from_json((out / "manifest.json").read_bytes()).training.dataset == "churn.csv"
    report = (out / "report.html").read_text()
    assert "python -m training train --table churn.csv --target churned --out trained" in report


@pytest.mark.parametrize("table", ["~/some work/churn.csv", f"../../home-{MARK}/some work/churn.csv"])
def test_no_spelling_of_a_path_is_published(machine: Path, table: str) -> None:
    registry = f"file://{machine}/registry"
    manifest, command = built(
        f"--table={table}", "--target", "churned", f"--out={machine}/trained", "--model-uri", registry
    )
    assert manifest.training.dataset == "churn.csv"
    assert command.endswith("--table=churn.csv --target churned --out=trained --model-uri registry")


def test_a_model_file_goes_by_its_name(machine: Path) -> None:
    (machine / "models").mkdir()
    description = 'name = "churn"\n[data]\nsource = "../churn.csv"\ntarget = "churned"\n'
    (machine / "models" / "churn.toml").write_text(description)
    _, command = built(machine / "models" / "churn.toml", "--out", machine / "trained")
    assert command == "python -m training train churn.toml --out trained"


def test_a_column_that_looks_like_a_path_keeps_its_name(machine: Path) -> None:
    text = (machine / "churn.csv").read_text().replace("calls", "calls/day").replace("visits", "/visits/all")
    (machine / "churn.csv").write_text(text)
    typed = ("--table", machine / "churn.csv", "--target", "churned", "--number", "/visits/all", "--missing", "n/a")
    manifest, command = built(*typed, "--out", machine / "trained")
    kept = shlex.join(["--table", "churn.csv", "--target", "churned", "--number", "/visits/all", "--missing", "n/a"])
    assert kept in command
    assert [feature.name for feature in manifest.features][:2] == ["calls/day", "/visits/all"]


def test_a_brought_parameter_that_is_a_path_or_holds_an_address_is_published_without_it(machine: Path) -> None:
    """A pipeline's cache is of use while it is fitted; the artifact needs none of it."""
    steps = [
        ("scale", StandardScaler()),
        ("log", FunctionTransformer(np.abs)),
        ("inner", Pipeline([("model", LogisticRegression())], memory=joblib.Memory(f"{machine}/inner", verbose=0))),
    ]
    fitted = Pipeline(steps, memory=str(machine / "cache"))
    x = np.linspace(0, 1, 60).reshape(20, 3)
    fitted.fit(x, x[:, 0] > 0.5)
    understood = understand(machine, fitted, [0.25, 0.5, 0.125], "--features", "a,b,c")
    manifest = understood.manifest
    assert_marks_nothing(understood.artifact, manifest.to_json(), render_brought_report(manifest))
    assert manifest.training.parameters["memory"] is None
    assert " at 0x" not in json.dumps(manifest.training.parameters)
    loaded = joblib.load(io.BytesIO(understood.artifact))
    assert loaded.predict_proba(x).tolist() == fitted.predict_proba(x).tolist()


def test_an_artifact_that_is_trained_here_carries_no_cache(machine: Path) -> None:
    fitted = Pipeline([("model", LogisticRegression())], memory=str(machine / "cache"))
    fitted.fit([[0.0], [1.0]], [0, 1])
    data = dump_estimator(fitted)
    assert MARK.encode() not in data
    loaded: Any = joblib.load(io.BytesIO(data))
    assert (loaded.memory, fitted.memory) == (None, str(machine / "cache"))


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ("/home/jane/cache", "cache"),
        ("/home/jane doe/my cache/", "my cache"),
        ("~/cache", "cache"),
        ("./cache/here", "here"),
        ("../jane/cache", "cache"),
        ("C:\\Users\\jane\\cache", "cache"),
        ("file:///srv/jane/cache", "cache"),
        ("Pipeline(memory='/home/jane doe/cache', steps=[('a', B())])", "Pipeline(memory='cache', steps=[('a', B())])"),
        ("Memory(location=/home/jane/cache/joblib)", "Memory(location=joblib)"),
        ("<function clip at 0x7f12ab34>", "<function clip>"),
        ("n/a", "n/a"),
        ("km/h", "km/h"),
        ("(?u)\\b\\w+\\b", "(?u)\\b\\w+\\b"),
        ("A(x='a/b', y=1/2)", "A(x='a/b', y=1/2)"),
        ("https://example.org/a/b", "https://example.org/a/b"),
        (3, 3),
        (None, None),
    ],
)
def test_a_text_keeps_all_but_its_paths_and_addresses(said: object, published: object) -> None:
    assert without_places(said) == published


@pytest.mark.parametrize(
    ("place", "published"),
    [
        ("s3://bucket/folder/table.csv", "s3://bucket/folder/table.csv"),
        ("s3://jane:secret@bucket/table.csv?token=1", "s3://bucket/table.csv"),
        ("dask=tcp://10.0.0.3:8786", "dask=tcp://…"),
        ("sklearn.datasets.load_iris", "sklearn.datasets.load_iris"),
        ("iris", "iris"),
        ("/data/jane/churn.csv", "churn.csv"),
    ],
)
def test_a_place_on_the_command_line_goes_by_its_name(place: str, published: str) -> None:
    said = command_line(["train", "--at", place, f"--at={place}", "--target", "a/b"], [place, None], [])
    assert shlex.split(said) == [
        "python",
        "-m",
        "training",
        "train",
        "--at",
        published,
        f"--at={published}",
        "--target",
        "a/b",
    ]


@pytest.mark.parametrize("typed", ["/home/jane/out/", "/home//jane/out", "/home/jane/./out", "./out", "out/"])
def test_a_folder_is_known_however_it_was_typed(typed: str) -> None:
    said = command_line(["train", "--out", typed, f"--out={typed}"], [Path(typed)], [])
    assert said == "python -m training train --out out --out=out"


def test_a_parameter_on_the_command_line_is_published_without_its_path() -> None:
    said = command_line(["train", "--param", "memory=/home/jane/cache"], [], ["memory=/home/jane/cache"])
    assert said == "python -m training train --param memory=cache"


def test_a_brought_models_report_shows_no_row(machine: Path) -> None:
    fitted = LogisticRegression().fit([[0.0, 1.0], [1.0, 0.0]], ["no", "yes"])
    report = render_brought_report(understand(machine, fitted, [0.123456, 7.654321], "--features", "a,b").manifest)
    assert "0.123456" not in report
    assert "7.654321" not in report
