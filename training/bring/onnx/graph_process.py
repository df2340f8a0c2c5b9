"""What an isolated process does with an ONNX file: it opens it, asks it the rows, and writes the form that is served.

The parsers of a file that nobody knows are native code, so all that reads it happens here. The form that is served is
proved to answer exactly as the file does, on all rows.
"""

import json
import warnings
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from handler.engines.onnx_runtime.engine import OnnxRuntime
from handler.engines.versions import installed_versions
from handler.errors.model import UnloadableArtifact
from handler.errors.request import RequestError
from handler.records.decoding import decode
from handler.records.signature import Example
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import ArtifactFile, InputForm, sha256
from handler.serving.predictor import Predictor
from training.bring.answers import kept_examples
from training.bring.frames.original import as_manifest
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.held.refused import Refused
from training.bring.inspection_process import Inspected
from training.bring.onnx.asking import answers_of, disagreeing, expected, first_not_finite, require_same
from training.bring.onnx.canonical import rewritten
from training.bring.onnx.classes import outputs_of_graph
from training.bring.onnx.inputs import fed_inputs, input_form, inputs_of, whole_numbers
from training.bring.onnx.opening import opened, read_model
from training.bring.onnx.outputs import outputs_found
from training.bring.onnx.rows import Asked, asked_example, asked_table
from training.bring.stated import Kind, Said, Stated
from training.bring.targets import targets_of
from training.errors import UnpackableArtifact, listed

ONNX_FILE = "model.onnx"

EXAMPLES_OF_TABLE = 5
"""So many rows of a table are the examples of the draft, until it is measured."""


@dataclass(frozen=True)
class GraphInspected:
    """What the file holds, as `model`; `kind` is what its outputs are, `guessed` where the values alone show it.

    `input` is what its served form takes, which is `changed` where it is not the file itself. It was asked `rows` rows
    of `table_rows`, to `disagreeing` of which its label is not the class of the largest value. `in_order` are the names
    of inputs that were taken for the features in their order, `whole` the numbers that it takes whole alone,
    `unused` the columns of the table that it does not take.
    """

    model: Inspected
    kind: Kind | None
    guessed: bool
    is_sigmoid: bool
    input: InputForm
    changed: bool
    rows: int
    table_rows: int
    disagreeing: int
    in_order: tuple[str, ...]
    whole: tuple[str, ...]
    unused: tuple[str, ...]


def main(
    name: str, file: str, copied: str, stated: dict[str, Any], said: dict[str, Any], form: Any, folder: str
) -> dict[str, Any]:
    """What `inspect_graph` returns, or `{"refused": sentence}`."""
    warnings.simplefilter("ignore")
    table = None if form is None else decode(TableForm, form)
    try:
        data = Path(file).read_bytes()
        found = inspect_graph(data, Path(copied), decode(Stated, stated), decode(Said, said), table, Path(folder))
    except Refused as refused:
        return {"refused": f"{name} cannot be served. {refused}"}
    except UnpackableArtifact as error:
        return {"refused": str(error)}
    return asdict(found)


def inspect_graph(
    data: bytes, copied: Path, stated: Stated, said: Said, form: TableForm | None, folder: Path
) -> GraphInspected:
    """Open the file, ask it the rows, and write what is served of it to `copied`, and into `folder` the rows and the
    true answers of a table. Raises Refused or UnpackableArtifact, with what to change."""
    model = read_model(data)
    session = opened(data, model)
    inputs = inputs_of(session)
    asked = asked_example(inputs, stated) if form is None else asked_table(inputs, stated, form)
    names = _chosen([output.name for output in session.get_outputs()], said)
    fed = fed_inputs(asked.inputs)
    raw = answers_of(session, fed, asked.typed, names)
    named = stated.classes is not None
    found = outputs_found(model, raw, len(asked.typed), said.kind, named, len(stated.targets))
    outputs = outputs_of_graph(found, stated)
    task, labels = outputs.task, outputs.labels[0]
    before = expected(raw, found, task, labels, len(asked.typed))
    gap = first_not_finite(before)
    if gap is not None:
        raise Refused(
            f"It has no finite answer to row {gap}: give rows like those it was fitted to, without gaps if it takes "
            "none."
        )
    targets, made_up = targets_of(outputs, stated)
    served = rewritten(data, asked.inputs, found, task, labels)
    after = opened(served.data, read_model(served.data))
    require_same(before, after, fed_inputs(_renamed(asked, after)), asked.typed)
    copied.write_bytes(served.data)

    artifact = ArtifactFile(ONNX_FILE, len(served.data), sha256(served.data), input_form(asked.inputs))
    manifest = replace(as_manifest(task, asked.features, targets), artifacts={"onnx": artifact})
    shown = asked.typed if form is None else asked.typed[:EXAMPLES_OF_TABLE]
    try:
        answers = Predictor(manifest, OnnxRuntime().load(VerifiedArtifact(manifest, served.data))).predict(shown)
    except RequestError as error:
        raise Refused(f"It has no sound answer to the rows. {error}") from error
    except UnloadableArtifact as error:
        raise Refused(str(error)) from error
    examples = [Example.of(row, answer) for row, answer in zip(asked.values, answers, strict=False)]
    if form is not None:
        true = asked.true_answers(form.name, task, targets, outputs.labels)
        for name, document in (("rows", asked.values), ("true", true)):
            (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return GraphInspected(
        model=Inspected(
            task=task,
            estimator=_maker(model),
            parameters=_parameters(model),
            searched=(),
            features=asked.features,
            is_guessed=asked.is_guessed,
            targets=targets,
            labels=tuple(tuple(map(str, of_target)) for of_target in outputs.labels),
            made_up=made_up,
            examples=tuple(kept_examples(examples, task)),
            runtime=installed_versions("onnxruntime"),
        ),
        kind=found.kind,
        guessed=found.guessed,
        is_sigmoid=found.kind == "probabilities" and found.width == 1 and found.label is None and said.kind is None,
        input=input_form(asked.inputs),
        changed=served.changed,
        rows=len(asked.typed),
        table_rows=len(asked.typed) if asked.table is None else len(asked.table),
        disagreeing=disagreeing(before, found.kind) if found.label is not None else 0,
        in_order=tuple(taken.name for taken in asked.inputs) if asked.is_in_order else (),
        whole=tuple(whole_numbers(asked.features, asked.inputs)),
        unused=asked.unused,
    )


def _chosen(outputs: list[str], said: Said) -> list[str]:
    strange = [name for name in said.outputs if name not in outputs]
    if strange:
        raise Refused(f"Its graph has no output {strange[0]!r}: --output takes {listed(outputs)}.")
    return [name for name in outputs if name in said.outputs] if said.outputs else outputs


def _renamed(asked: Asked, session: Any) -> Any:
    """The inputs of the served form, which may have other names."""
    names = [given.name for given in session.get_inputs()]
    return tuple(replace(taken, name=name) for taken, name in zip(asked.inputs, names, strict=True))


def _maker(model: Any) -> str:
    """What wrote the file, with its version, as it says itself."""
    words = f"{model.producer_name} {model.producer_version}".split()
    # tf2onnx writes the name of no commit too.
    return " ".join(word for word in words if word != "None")[:100] or "ONNX graph"


def _parameters(model: Any) -> dict[str, Any]:
    versions = ", ".join(f"{opset.domain or 'ai.onnx'} {opset.version}" for opset in model.opset_import)
    return {"operators": versions, "nodes": len(model.graph.node)}
