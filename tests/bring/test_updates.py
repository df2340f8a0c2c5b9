"""A model that was brought is updated through the gate: twice, on what is known of it, and nobody has to force it."""

import json
from pathlib import Path
from typing import Any

import joblib
from click.testing import CliRunner, Result
from sklearn.linear_model import LogisticRegression

from tests.unit.training.packaging import IRIS, NAMES
from training.cli.main import main
from training.release.gate.comparison import compare, served_version
from training.release.publish import read_folder
from training.release.stores.schemes import open_writable_store

LABELS = IRIS.target_names[IRIS.target]
ONE_OF_EACH = [IRIS.data[place].tolist() for place in (0, 50, 100)]
NO_ROWS = "compared on contract, size, latency and examples only: no rows were given; add --table"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def package(folder: Path, name: str, model: Any, names: list[str] = NAMES, rows: Any = ONE_OF_EACH) -> Path:
    """The folder that `package` makes of the model, with no table."""
    joblib.dump(model, folder / f"{name}.joblib")
    (folder / "rows.json").write_text(json.dumps(rows))
    options = ("--features", ",".join(names), "--example", folder / "rows.json", "--trust")
    made = run("package", folder / f"{name}.joblib", "--out", folder / name, *options)
    assert made.exit_code == 0, made.stderr
    return folder / name


def fitted(**parameters: Any) -> LogisticRegression:
    return LogisticRegression(max_iter=300, **parameters).fit(IRIS.data, LABELS)


def record_of(registry: Path, published: Result) -> dict[str, Any]:
    assert published.exit_code == 0, published.stderr
    found: dict[str, Any] = json.loads((registry / "versions" / published.stdout.strip() / "gate.json").read_text())
    return found


def test_a_brought_model_is_updated_twice_without_force_and_the_record_says_on_what(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    first = run("publish", package(tmp_path, "a", fitted()), "--promote", "--model-uri", registry)
    assert first.exit_code == 0, first.stderr
    for name, strength in (("b", 0.5), ("c", 2.0)):
        second = run("publish", package(tmp_path, name, fitted(C=strength)), "--promote", "--model-uri", registry)
        record = record_of(registry, second)
        assert (record["passed"], record["forced"], record["note"], record["rows"]) == (True, None, NO_ROWS, 0)
        checks = {check["name"]: check for check in record["checks"]}
        assert {"features", "classes", "examples answered", "ms for a row", "bytes"} <= set(checks)
        assert checks["examples answered"]["new"] == "3, of them 3 alike"
        assert NO_ROWS in second.stderr


def test_a_brought_model_follows_a_trained_one_and_a_trained_one_follows_it(tmp_path: Path, iris_folder: Path) -> None:
    registry = tmp_path / "registry"
    names = [feature.name for feature in read_folder(iris_folder).manifest.features]
    assert run("publish", iris_folder, "--promote", "--model-uri", registry).exit_code == 0
    brought = package(tmp_path, "brought", fitted(), names, ONE_OF_EACH[0])
    formats = [read_folder(folder).manifest.format_version for folder in (iris_folder, brought)]
    assert formats == [5, 1]
    assert record_of(registry, run("publish", brought, "--promote", "--model-uri", registry))["passed"]
    assert run("train", "--seed", "7", "--out", tmp_path / "again", "--model-uri", registry).exit_code == 0
    record = record_of(registry, run("publish", tmp_path / "again", "--model-uri", registry))
    assert (record["passed"], record["note"], record["rows"]) == (True, None, 30)


def test_what_cannot_answer_the_examples_of_the_version_that_serves_is_refused(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    assert run("publish", package(tmp_path, "a", fitted()), "--promote", "--model-uri", registry).exit_code == 0
    other = package(tmp_path, "other", fitted(), ["e", *NAMES[1:]])
    refused = run("publish", other, "--model-uri", registry)
    assert (refused.exit_code, "features, examples answered" in refused.stderr) == (1, True)
    served = served_version(open_writable_store(str(registry)), "production")
    assert served is not None
    fewer = LogisticRegression().fit(IRIS.data[:100], LABELS[:100])
    new = read_folder(package(tmp_path, "fewer", fewer, rows=ONE_OF_EACH[:2])).artifact
    fell = [check.name for check in compare(new, None, served).checks if not check.passed]
    assert fell == ["classes"]
