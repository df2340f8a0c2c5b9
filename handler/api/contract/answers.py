"""The JSON Schemas of an answer to one row, for each task."""

from typing import Any

from handler.api.contract.schema_parts import TEXT, answer_object
from handler.records.signature import INLIER, OUTLIER, Target
from handler.registry.manifest import Manifest

# Without bounds: the last digit of a sum may carry a share beyond them.
SHARE = {"type": "number", "description": "From 0 to 1, but for rounding."}
SCORE = {"type": "number", "description": "The largest is that of the class that is predicted, as a rule."}
OUTLIER_SCORE = {"type": "number", "description": "Below 0 for an outlier."}
NUMBER = {"type": "number"}

NOT_OF_EVERY_MODEL = ("probabilities", "scores", "score")
"""What only some models of a task have."""


def answer_fields(manifest: Manifest) -> dict[str, Any]:
    """The schema of each field that an answer of this model may have, `prediction` among them."""
    first, task = manifest.target, manifest.task
    if task == "regression":
        return {"prediction": NUMBER}
    if task == "outlier_detection":
        return {"prediction": {"enum": [OUTLIER, INLIER]}, "score": OUTLIER_SCORE}
    if task == "several_targets":
        return _several(manifest.targets)
    shares = answer_object(dict.fromkeys(first.classes, SHARE))
    if task == "clustering":
        said = {"type": "integer", "description": "The number of the cluster."}
        return {"prediction": said, **({"probabilities": shares} if first.classes else {})}
    if task == "multilabel":
        labels = {"type": "array", "items": {"enum": list(first.classes)}, "uniqueItems": True}
        return {"prediction": labels, "probabilities": shares}
    fields = {
        "prediction": {"enum": list(first.classes)},
        "prediction_index": {"type": "integer", "minimum": 0, "maximum": len(first.classes) - 1},
        "probabilities": shares,
    }
    if manifest.example.probabilities is None:
        fields["scores"] = answer_object(dict.fromkeys(first.classes, SCORE))
    return fields


def task_in_words(manifest: Manifest) -> str:
    """What the model does, and of what."""
    if manifest.task in ("outlier_detection", "clustering"):
        return manifest.task.replace("_", " ")
    names = ", ".join(target.name for target in manifest.targets)
    return f"{'prediction' if manifest.task == 'several_targets' else manifest.task} of {names}"


def required_fields(fields: dict[str, Any]) -> list[str]:
    """Those of the fields that every answer has."""
    return [name for name in fields if name not in NOT_OF_EVERY_MODEL]


def described_target() -> dict[str, Any]:
    """What GET /model says of a target."""
    return answer_object(
        {"name": TEXT, "classes": {"type": "array", "items": TEXT}, "spread": {"type": ["number", "null"]}}
    )


def _several(targets: tuple[Target, ...]) -> dict[str, Any]:
    said = {target.name: {"enum": list(target.classes)} if target.classes else NUMBER for target in targets}
    classed = {target.name: answer_object(dict.fromkeys(target.classes, SHARE)) for target in targets if target.classes}
    return {"prediction": answer_object(said), **({"probabilities": answer_object(classed)} if classed else {})}
