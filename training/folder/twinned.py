"""Gives a model that was built its twin, where it can have one.

Apart from the rest of a folder, because it imports what makes and runs ONNX graphs.
"""

from dataclasses import replace

from training.fit.description import DEFAULT_SEED
from training.fit.held_out import plain_row
from training.folder.writing import Built
from training.twin.making import twin_of
from training.twin.outcome import Twin, with_twin_file


def twinned(built: Built) -> Built:
    """`built` with its twin, which all rows held out were asked; or with the reason why it has none."""
    model = built.model
    real = [plain_row(row) for row in model.x_test]
    twin = twin_of(built.artifact, real, DEFAULT_SEED if model.seed is None else model.seed)
    if not isinstance(twin, Twin):
        return replace(built, twin=twin)
    manifest = with_twin_file(built.artifact.manifest, twin)
    return replace(built, artifact=replace(built.artifact, manifest=manifest), twin=twin)
