"""template.yaml as it is written, before SAM's transform: CloudFormation's short tags read as the long functions."""

from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[2] / "template.yaml"


class Loader(yaml.SafeLoader):
    """PyYAML's own loader, with a constructor for tags such as `!Ref`."""


def _function(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


Loader.add_multi_constructor("!", _function)

TEMPLATE: Any = yaml.load(PATH.read_text(), Loader)  # noqa: S506 - it is a SafeLoader
