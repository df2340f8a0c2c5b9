"""A window of Iris: it is one that can be read, and what the function writes has the same form and the same bins."""

import json
import tempfile
from functools import cache
from pathlib import Path

from handler.monitoring.line import parse_line
from handler.records.bins import CONFIDENCE, feature_bins, target_bins
from handler.registry.manifest import Manifest
from tests.docs.fences import Fence
from tests.docs.reader import Reader
from tests.docs.runbook.log_lines import sound, written


@cache
def function_of_iris() -> tuple[Manifest, str]:
    """The manifest of Iris, and the window that a function with it writes of one request."""
    with tempfile.TemporaryDirectory() as name:
        version = sound(Path(name))
        root = version.write(Path(name) / "iris")
        (line,) = [line for line in written({"MODEL_URI": str(root)}) if parse_line(line)]
        return version.manifest, line


def check(block: Fence, _: Reader) -> None:
    manifest, line = function_of_iris()
    shown, real = json.loads(block.text), json.loads(line)
    part = parse_line(json.dumps(shown))
    assert part is not None
    assert list(shown) == list(real)
    assert shown["bins"] == real["bins"]
    bins = {feature.name: feature_bins(feature) for feature in manifest.features}
    for name, counts in part.window.features.items():
        assert set(counts) <= set(bins[name].labels), name
        assert sum(counts.values()) == part.window.rows
    (target,) = manifest.targets
    assert set(part.window.answers[target.name]) <= set(target_bins(manifest.task, target).labels)
    assert set(part.window.confidence[target.name]) <= set(CONFIDENCE.labels)
