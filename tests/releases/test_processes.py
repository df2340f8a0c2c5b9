"""The command line as a process of its own: its streams, its terminal, its way from nothing to an answer."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

ESCAPE = "\x1b"


def run(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parent.parent.parent
    return subprocess.run(
        [sys.executable, "-m", "training", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(root), **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_demo_goes_from_nothing_to_an_answer_by_the_version_that_it_published(tmp_path: Path) -> None:
    outcome = run("demo", cwd=tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    answer = json.loads(outcome.stdout)
    assert (answer["prediction"], answer["prediction_index"]) == ("versicolor", 1)
    assert "96.7%" in outcome.stderr
    assert len((outcome.stdout + outcome.stderr).splitlines()) < 25
    assert ".venv/bin/python -m training package YOUR-MODEL.joblib" in outcome.stderr
    assert ESCAPE not in outcome.stderr
    published = [path.name for path in (tmp_path / ".demo/registry/iris/versions").iterdir()]
    assert published == [answer["model"]["version"]]


def test_a_foreseen_failure_is_one_sentence_without_a_trace(tmp_path: Path) -> None:
    outcome = run("list", "--json", cwd=tmp_path, MODEL_URI=str(tmp_path / "nowhere"))
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("Error: ")
    assert len(outcome.stderr.splitlines()) == 1


def test_an_unforeseen_failure_ends_with_1_and_its_trace(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise ZeroDivisionError('unforeseen')")
    outcome = run("list", "--model-uri", str(tmp_path), cwd=tmp_path)
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("Traceback")
    assert outcome.stderr.splitlines()[-1] == "ZeroDivisionError: unforeseen"


def test_progress_is_shown_on_a_terminal_and_apart_from_what_is_printed(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "training", "train", "--out", tmp_path / "a", "--json"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # a terminal whose last writer is gone
            break
    os.close(ours)
    printed = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert b"Training" in shown
    assert ESCAPE.encode() in shown
    assert json.loads(printed)["name"] == "iris"


def test_the_same_seed_makes_the_same_folder_in_two_fresh_processes(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime;"
        "from training.folder.writing import write_folder; from training.fit.iris import train_iris;"
        "write_folder(train_iris(7), Path(sys.argv[1]), datetime(2026, 3, 1, tzinfo=UTC))"
    )
    folders = [tmp_path / "first", tmp_path / "second"]
    processes = [
        subprocess.Popen([sys.executable, "-c", script, folder], env={**os.environ, "PYTHONHASHSEED": hash_seed})
        for folder, hash_seed in zip(folders, "12", strict=True)
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    for file in ("model.joblib", "manifest.json", "report.html"):
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes()
    assert json.loads((folders[0] / "manifest.json").read_text())["training"]["seed"] == 7
