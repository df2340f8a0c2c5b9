"""The demo: all steps from data to an answer in one folder, without AWS and without Docker.

It trains, publishes and promotes a model, then has the real handler answer in a fresh process that has what Lambda has.
It is a newcomer's first look and a smoke test, so it uses the functions of the commands that it names.
"""

import json
from pathlib import Path
from typing import Any

from training.console import person, working
from training.errors import UnprovedArtifact
from training.fit.iris import train_iris
from training.folder.writing import write_folder
from training.function_environment import function_libraries
from training.isolation import ProcessFailed, run_isolated
from training.release.alias_move import Release
from training.release.promote import current_user, promote
from training.release.publish import publish, read_folder
from training.release.stores.schemes import open_writable_store

SAMPLE = [6.0, 2.5, 4.5, 1.5]
INVOKE_SCRIPT = Path(__file__).with_name("invoke_process.py")


def run_demo(folder: Path) -> None:
    """Take all steps in `folder`, and keep it: the commands that the demo names at its end go on from there."""
    out = person()
    trained, root = folder / "trained", folder / "registry" / "iris"
    function_libraries()  # says so where it makes them, which a progress on the terminal would hide
    with working("Training"):
        manifest = write_folder(train_iris(), trained)
    out.print(f"1. Trained Iris with {manifest.training.estimator}.")
    out.print(f"   Accuracy on 30 rows held out: {manifest.metrics['accuracy']:.4f}. Report: {trained / 'report.html'}")

    store = open_writable_store(str(root))
    with working("Proving and publishing"):
        publish(read_folder(trained), store)
    out.print(f"2. Published it to {root} as version {manifest.version}, once it was proved in a fresh process.")

    with working("Proving and promoting"):
        promote(store, Release(manifest.version, "production", current_user(), "make demo"))
    out.print("3. Promoted it: the alias 'production' names that version.")

    with working("Starting the handler"):
        answer = invoke_cold(str(root), predict_event(SAMPLE))
    body = json.loads(answer["body"])
    if answer["statusCode"] != 200:
        raise UnprovedArtifact(f"The handler answered {answer['statusCode']}: {body['error']}")
    out.print(f"4. A cold Lambda handler verified it, loaded it, and was asked about {SAMPLE}:")
    print(json.dumps(body, indent=2))
    out.print(f"   It is {body['prediction']}, index {body['prediction_index']}.")
    out.print(NEXT.format(root=root))


NEXT = """
What next
  make serve                     the same model on http://127.0.0.1:8000; then, in another terminal:
    curl -H 'Content-Type: application/json' -d '{{"features": [6.0, 2.5, 4.5, 1.5]}}' http://127.0.0.1:8000/predict
  make test                      the tests
  .venv/bin/python -m training --help
                                 the commands; this demo's registry is --model-uri {root}
  README.md                      sam local invoke, and the way to an HTTPS address on AWS
"""


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
