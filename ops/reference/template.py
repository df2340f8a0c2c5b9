"""What template.yaml says of itself: its parameters and its outputs."""

import re
from collections.abc import Iterable, Mapping

from ops.commands import ROOT
from ops.reference.markdown import code, table


def template_section(name: str) -> Iterable[tuple[str, Mapping[str, str]]]:
    """The entries of one section of template.yaml, which writes each property of them on a line."""
    section = re.split(r"^(\w+):\n", (ROOT / "template.yaml").read_text(), flags=re.MULTILINE)
    text = section[section.index(name) + 1]
    for entry, properties in re.findall(r"^  (\w+):\n((?:    .*\n)+)", text, re.MULTILINE):
        yield (
            entry,
            {key: value.strip("\"'") for key, value in re.findall(r"^    (\w+): (.*)$", properties, re.MULTILINE)},
        )


def parameters() -> str:
    rows = []
    for name, said in template_section("Parameters"):
        takes = [
            said[key].strip("[]") if key == "AllowedValues" else said[key]
            for key in ("AllowedPattern", "AllowedValues")
            if key in said
        ]
        bounds = [said[key] for key in ("MinValue", "MaxValue") if key in said]
        takes += [" to ".join(bounds) if len(bounds) == 2 else f"from {bounds[0]}"] if bounds else []
        rows.append((code(name), code(said["Default"]), code(" ".join(takes)), said["Description"]))
    return table(("parameter", "default", "takes", "meaning"), rows)


def outputs() -> str:
    return table(
        ("output", "meaning"), ((code(name), said["Description"]) for name, said in template_section("Outputs"))
    )
