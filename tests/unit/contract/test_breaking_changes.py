"""The checker of breaking changes calls each kind of change by its right name."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract import breaking_changes
from tests.contract.breaking_changes import changes, main, report
from tests.contract.kept_copy import KEPT
from tests.contract.subsumption import UnknownKeyword, beyond

Edit = Callable[[Any], object]
OLD: Any = json.loads(KEPT.read_text(encoding="utf-8"))


def schemas(document: Any) -> Any:
    return document["components"]["schemas"]


def predict(document: Any) -> Any:
    return document["paths"]["/predict"]["post"]


def row(document: Any) -> Any:
    return schemas(document)["Row"]["oneOf"]


def batch(document: Any) -> Any:
    return predict(document)["requestBody"]["content"]["application/json"]["schema"]["oneOf"][1]["properties"][
        "instances"
    ]


def edited(edit: Edit) -> Any:
    new = copy.deepcopy(OLD)
    edit(new)
    return new


BREAKING: dict[str, Edit] = {
    "a path is gone": lambda new: new["paths"].pop("/model"),
    "a method is gone": lambda new: new["paths"]["/predict"].pop("post"),
    "an operation has another name": lambda new: predict(new).update(operationId="ask"),
    "a key is needed": lambda new: new["security"].pop(0),
    "fewer rows are taken": lambda new: batch(new).update(maxItems=10),
    "more rows are needed": lambda new: batch(new).update(minItems=2),
    "a feature more": lambda new: row(new)[1]["required"].append("age") or row(new)[1]["properties"].update(age={}),
    "a feature less": lambda new: row(new)[1]["properties"].pop("sepal width (cm)"),
    "another order": lambda new: row(new)[0].update(prefixItems=[{"type": "string"}] * 4),
    "rows of another length": lambda new: row(new)[0].update(minItems=5, maxItems=5),
    "smaller numbers alone": lambda new: row(new)[1]["properties"]["sepal width (cm)"].update(maximum=100),
    "no rows by name": lambda new: row(new).pop(1),
    "another media type": lambda new: predict(new)["requestBody"].update(content={"text/csv": {}}),
    "a parameter": lambda new: predict(new).update(parameters=[{"name": "unit", "in": "query", "required": True}]),
    "an answer without its model": lambda new: schemas(new)["OneAnswer"]["required"].remove("model"),
    "an answer without a name": lambda new: schemas(new)["Prediction"].update(required=["prediction"]),
    "a new class": lambda new: schemas(new)["Prediction"]["properties"]["prediction"]["enum"].append("rosa"),
    "an answer that may be null": lambda new: schemas(new)["Model"]["properties"].update(
        version={"type": ["string", "null"]}
    ),
    "another form of error": lambda new: schemas(new)["Error"]["required"].remove("code"),
    "a header is gone": lambda new: new["components"]["responses"]["Error503"]["headers"].pop("Retry-After"),
    "a success is gone": lambda new: predict(new)["responses"].pop("200"),
    "a new success": lambda new: predict(new)["responses"].update({"202": {"description": "later"}}),
}
HARMLESS: dict[str, Edit] = {
    "a new path": lambda new: new["paths"].update({"/schema": {"get": {"responses": {}}}}),
    "more rows are taken": lambda new: batch(new).update(maxItems=5000),
    "larger numbers are taken": lambda new: row(new)[0]["prefixItems"][0].pop("maximum"),
    "null is taken too": lambda new: row(new)[1]["properties"]["sepal width (cm)"].update(type=["number", "null"]),
    "a name need not be given": lambda new: row(new)[1]["required"].pop(),
    "a third form of row": lambda new: row(new).append({"type": "string"}),
    "an answer with a name more": lambda new: schemas(new)["OneAnswer"]["properties"].update(unit={"type": "string"}),
    "a name that is always there now": lambda new: schemas(new)["OneAnswer"]["required"].append("probabilities"),
    "a new error": lambda new: predict(new)["responses"].update({"409": {"description": "not now"}}),
    "a new code": lambda new: new["components"]["responses"]["Error422"]["content"]["application/json"]["schema"][
        "allOf"
    ][1]["properties"]["code"]["enum"].append("too_far"),
    "other words": lambda new: predict(new).update(summary="Ask", description="Ask the model"),
    "another version": lambda new: new["info"].update(version="20270101T000000Z-00000000"),
}


@pytest.mark.parametrize("edit", BREAKING.values(), ids=BREAKING)
def test_a_change_that_breaks_clients_is_called_so(edit: Edit) -> None:
    assert any(change.breaking for change in changes(OLD, edited(edit)))


@pytest.mark.parametrize("edit", HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_breaks_nobody_is_reported_and_no_more(edit: Edit) -> None:
    found = changes(OLD, edited(edit))
    assert found
    assert not any(change.breaking for change in found), report(found)


def test_no_change_is_no_change() -> None:
    assert changes(OLD, copy.deepcopy(OLD)) == []
    assert report([]) == "The contract is as it was."


def test_a_keyword_that_it_does_not_know_is_not_passed_over() -> None:
    with pytest.raises(UnknownKeyword, match="'pattern'"):
        list(beyond({"type": "string", "pattern": "a"}, {}, {"type": "string"}, {}))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose branch `main` has the copy, on another branch."""
    kept = tmp_path / "docs" / "openapi-iris.json"
    kept.parent.mkdir()
    kept.write_text(json.dumps(OLD))
    who = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "a"], ["switch", "-qc", "change"]):
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True)
    monkeypatch.setattr(breaking_changes, "KEPT", kept)
    return kept


def test_the_command_compares_with_the_copy_where_the_branch_began(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    repository.write_text(json.dumps(edited(BREAKING["a path is gone"])))
    assert main(["--base", "main"]) == 1
    assert "BREAKS CLIENTS: GET /model is gone" in capsys.readouterr().out
    assert main(["--accept"]) == 0


def test_the_command_says_when_there_was_no_copy_yet(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository.rename(repository.with_name("openapi-roses.json"))
    root = str(repository.parent.parent)
    who = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"]
    for words in (["switch", "-q", "main"], ["add", "-A"], ["commit", "-qm", "b"]):
        subprocess.run(["git", "-C", root, *who, *words], check=True)
    assert main([]) == 0
    assert "no contract yet" in capsys.readouterr().out
