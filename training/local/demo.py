"""The demo: all steps from data to an answer in one folder, without AWS and without Docker.

It trains, publishes and promotes a model, then has the real handler answer in a fresh process that has what Lambda has.
It is a newcomer's first look and a smoke test, so it uses the functions of the commands that it names.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.console import person, working
from training.errors import UnprovedArtifact
from training.fit.iris import train_iris
from training.folder.writing import write_folder
from training.function_environment import every_package_s_libraries
from training.isolation import ProcessFailed, run_isolated
from training.local.own_model import OwnModel, commands
from training.release.alias_move import Release
from training.release.promote import current_user, promote
from training.release.publish import publish, read_folder
from training.release.stores.schemes import open_writable_store

SAMPLE = [6.0, 2.5, 4.5, 1.5]
INVOKE_SCRIPT = Path(__file__).with_name("invoke_process.py")


def run_demo(folder: Path, own: OwnModel) -> None:
    """Take all steps in `folder`, and keep it: `make serve` goes on from there. Ends with what to do with `own`."""
    out = person()
    trained, root = folder / "trained", folder / "registry" / "iris"
    every_package_s_libraries()  # says so where it makes them, which a progress on the terminal would hide
    with working("Training"):
        manifest = write_folder(train_iris(), trained)
    training, accuracy = manifest.training, manifest.metrics["accuracy"]
    out.print(f"1. Trained: {training.estimator} on Iris, right for {accuracy:.1%} of the rows that it had not seen.")
    out.print(f"   Its report is {trained / 'report.html'}.")

    store = open_writable_store(str(root))
    with working("Proving and publishing"):
        publish(read_folder(trained), store)
    out.print("2. Proved: a fresh process with the function's libraries loaded it and gave the same answers.")
    out.print(f"3. Published: it is version {manifest.version} in {root}.")

    with working("Proving and promoting"):
        promote(store, Release(manifest.version, "production", current_user(), "make demo"))
    out.print("4. Promoted: the alias 'production' names that version, so that one serves.")

    with working("Starting the handler"):
        answer = invoke_cold(str(root), predict_event(SAMPLE))
    body = json.loads(answer["body"])
    if answer["statusCode"] != 200:
        raise UnprovedArtifact(f"The handler answered {answer['statusCode']}: {body['error']}")
    out.print(f"5. Asked: the real Lambda handler, started cold, answers {SAMPLE} with")
    print(one_line_a_key(body))
    out.print(f"\n{your_turn(own)}")


def one_line_a_key(document: Mapping[str, Any]) -> str:
    """The document as JSON, short enough to be read."""
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in document.items())
    return f"{{\n{lines}\n}}"


def your_turn(own: OwnModel) -> str:
    """What a person does next: the same with a model of their own, and a look at the page."""
    package, deploy, publishing = commands(own)
    lines = [
        f"Your turn. The same for {own.model}:" if own.is_known else "Your turn. The same for a model of your own:",
        *(f"   There is no file {name} here: check the name." for name in own.missing),
        f"  {package}",
        f"  {deploy}",
        f"  {publishing}",
        "`make local-cloud`, in place of `make deploy`, needs no AWS account. --trust runs the code in the file.",
        "To try Iris in a browser: `make serve`, then open http://127.0.0.1:8000/",
    ]
    return "\n".join(lines)


def predict_event(features: list[float]) -> dict[str, Any]:
    """API Gateway's event (payload 1.0) for one row to POST /predict."""
    return {
        "httpMethod": "POST",
        "path": "/predict",
        "headers": {"Content-Type": "application/json"},
        "requestContext": {"stage": "Prod", "path": "/Prod/predict"},
        "body": json.dumps({"features": features}),
        "isBase64Encoded": False,
    }


def invoke_cold(model_uri: str, event: dict[str, Any]) -> dict[str, Any]:
    """What `handler.app.lambda_handler` answers to `event` in a fresh process, as on a cold start."""
    try:
        answer: dict[str, Any] = run_isolated(INVOKE_SCRIPT, str(Path(model_uri).resolve()), event)
    except ProcessFailed as failure:
        raise UnprovedArtifact(f"The handler gave no answer: {failure}") from failure
    return answer
