"""The parameters that a deploy will have, found as `sam deploy` finds them.

It takes those of its command line, else those of samconfig.toml; what neither names stays as it is in the stack, and is
the template's default in a new one (AWS SAM CLI 1.170, `sam deploy`).
"""

import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handler.engines.shipped import PACKAGES
from handler.registry.alias import is_alias_name
from handler.settings import DEFAULT_ALIAS
from ops.commands import ROOT
from ops.deploy.described import DescribedStack, NotDescribed
from training.release.deployed.readable import DEFAULT_STORAGE_MB

CONFIG = ROOT / "samconfig.toml"
NAMED = re.compile(r"(?:ParameterKey=)?(\w+)(?:,ParameterValue)?=(.*)", re.DOTALL)
"""The two forms that SAM takes."""
MODEL_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""The pattern of the template's parameter ModelName."""


@dataclass(frozen=True)
class Plan:
    """What the function will be given, as far as models depend on it; `model_name` is None where nothing says it."""

    alias: str
    storage_mb: int
    model_name: str | None
    engine: str | None = None
    """One of PACKAGES; None where nothing says it, and so it is the template's default."""


def values(
    given: Sequence[str] | None, configured: Mapping[str, Any], parameters: Mapping[str, str] | None
) -> dict[str, str]:
    """What a deploy gives the stack's parameters, as far as it is not the template's default.

    `given` are the overrides of its command line, `parameters` those that the stack has. Raises NotDescribed at a
    malformed override.
    """
    overrides = given if given is not None else _listed(configured.get("parameter_overrides", []))
    return {**(parameters or {}), **dict(map(_named, overrides))}


def plan(given: Sequence[str] | None, configured: Mapping[str, Any], stack: DescribedStack | None) -> Plan:
    """The plan of a deploy; `given` are the overrides of its command line. Raises NotDescribed at a malformed one."""
    wanted = values(given, configured, stack.parameters if stack else None)
    alias, storage = wanted.get("ModelAlias", DEFAULT_ALIAS), wanted.get("EphemeralStorage", str(DEFAULT_STORAGE_MB))
    if not is_alias_name(alias):
        raise NotDescribed(f"ModelAlias must be lower-case letters, digits, '-' and '_'; it is {alias[:100]!r}.")
    if not (storage.isascii() and storage.isdecimal()):
        raise NotDescribed(f"EphemeralStorage must be a whole number of MB; it is {storage[:100]!r}.")
    return Plan(alias, int(storage), wanted.get("ModelName"), engine_in(wanted))


def engine_in(values: Mapping[str, str]) -> str | None:
    """The parameter Engine among `values`; raises NotDescribed where the template does not take it."""
    engine = values.get("Engine")
    if engine is not None and engine not in PACKAGES:
        raise NotDescribed(f"Engine must be {' or '.join(PACKAGES)}; it is {engine[:100]!r}.")
    return engine


def model_name(given: str) -> str:
    """`given`, where the template's parameter ModelName takes it; raises NotDescribed."""
    if MODEL_NAME.fullmatch(given) is None:
        raise NotDescribed(
            "A model's name is 1 to 63 lower-case letters, digits, '-' and '_', the first a letter or digit; it is "
            f"{given[:200]!r}."
        )
    return given


def merged(given: Sequence[str], configured: Mapping[str, Any]) -> list[str]:
    """The overrides to give to `sam deploy`, which takes samconfig.toml's only where its command line gives none.

    Each parameter once: what is `given` later wins over what is given earlier, and that over samconfig.toml's. Raises
    NotDescribed at a malformed one.
    """
    overrides = [*_listed(configured.get("parameter_overrides", [])), *given]
    return [f"{name}={_quoted(value)}" for name, value in dict(map(_named, overrides)).items()]


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"\s", value) else value


def configuration(environment: str, file: Path = CONFIG) -> dict[str, Any]:
    """What samconfig.toml says of `sam deploy --config-env ENVIRONMENT`; raises NotDescribed."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))[environment]
    except (OSError, ValueError) as error:
        raise NotDescribed(f"{file} cannot be read: {error}.") from error
    except KeyError:
        raise NotDescribed(f"{file} has no environment [{environment}]: name one that it has.") from None
    return {**found.get("global", {}).get("parameters", {}), **found.get("deploy", {}).get("parameters", {})}


def _listed(overrides: object) -> list[str]:
    return shlex.split(overrides) if isinstance(overrides, str) else [str(each) for each in _sequence(overrides)]


def _sequence(overrides: object) -> Sequence[object]:
    if not isinstance(overrides, list):
        raise NotDescribed("parameter_overrides in samconfig.toml must be a text or a list of NAME=VALUE.")
    return overrides


def _named(override: str) -> tuple[str, str]:
    match = NAMED.fullmatch(override)
    if match is None:
        raise NotDescribed(f"A parameter must be given as NAME=VALUE; one is {override[:100]!r}.")
    return match[1], match[2].strip("\"'")
