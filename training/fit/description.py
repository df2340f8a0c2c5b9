"""The description of a model to train: a TOML file such as training/models/iris.toml, or the same made of options.

It is parsed strictly: a misspelt name is an error, not a default.
"""

import dataclasses
import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from handler.records.decoding import Undecodable, decode
from handler.records.signature import Task
from handler.registry.manifest import DriftRule
from training.data.columns.kinds import NamedColumns
from training.data.table.source import MISSING
from training.data.text.delimiter import delimiter_of, is_delimiter
from training.data.text.numbers import is_mark
from training.errors import InvalidModelFile

MODELS = Path(__file__).parent.parent / "models"

DEFAULT_SEED = 42
"""The seed of the split and of the estimator unless another is given: the lesson's."""

Method = Literal["grid", "random", "halving"]


@dataclass(frozen=True)
class DataSpec:
    """`source` is a file (CSV or Parquet, a path or s3://) or one of scikit-learn's data sets; `test_size` a share."""

    source: str
    target: str
    task: Task | None = None
    test_size: float = 0.2
    sample: int | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str | None = None
    not_missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeaturesSpec(NamedColumns):
    """What overrides the kinds that are found in a table, and whether the API takes other texts than training saw."""

    allow_unknown: bool = False


@dataclass(frozen=True)
class EstimatorSpec:
    """`class_name` (in a file: class) as one imports it. `prepare` puts the steps for mixed columns before it; `seeded`
    sets its random_state."""

    class_name: str
    parameters: dict[str, Any] | None = None
    prepare: bool = True
    seeded: bool = True


@dataclass(frozen=True)
class SearchSpec:
    """`parameters` maps a parameter's name to the values to try. `candidates` bounds a random search."""

    method: Method
    parameters: dict[str, Any]
    folds: int = 5
    candidates: int = 20


@dataclass(frozen=True)
class GateSpec:
    """How much worse than the version that serves a new one may be, on the same rows held out.

    `worse` is a share of that version's metric; `calibration` is added to its calibration error; `latency` and `size`
    are multiples of its own. `minimum` bounds the metric (an error metric: from above) even where no version serves.
    """

    minimum: float | None = None
    worse: float = 0.02
    calibration: float = 0.05
    latency: float = 2.0
    size: float = 4.0


DEFAULT_GATE = GateSpec()
DEFAULT_DRIFT = DriftRule()
AS_FOUND = FeaturesSpec()


@dataclass(frozen=True)
class ModelSpec:
    """Everything that decides what a model becomes, except the seed."""

    name: str
    data: DataSpec
    estimator: EstimatorSpec | None = None
    features: FeaturesSpec = AS_FOUND
    search: SearchSpec | None = None
    metric: str | None = None
    gate: GateSpec = DEFAULT_GATE
    drift: DriftRule = DEFAULT_DRIFT


def read_model_file(path: Path) -> ModelSpec:
    """The description in `path`; raises InvalidModelFile. A relative path to its data starts at the file's folder."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(sorted(found.stem for found in MODELS.glob("*.toml")))
        raise InvalidModelFile(
            f"{path} cannot be read ({error.strerror}): give a TOML file, or one of {known}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidModelFile(f"{path} is not TOML: {error}.") from error
    estimator = document.get("estimator")
    if isinstance(estimator, dict) and "class" in estimator:  # no field in Python can have this name
        estimator["class_name"] = estimator.pop("class")
    try:
        spec = decode(ModelSpec, document)
    except Undecodable as error:
        raise InvalidModelFile(f"{path} cannot be used: {error}.") from error
    source = spec.data.source
    if "://" not in source and not source.startswith("sklearn.") and not Path(source).expanduser().is_absolute():
        spec = dataclasses.replace(spec, data=dataclasses.replace(spec.data, source=str(path.parent / source)))
    return checked(spec)


def model_path(given: str) -> Path:
    """The file that a person means: a path, or the name of a model that comes with this project."""
    named = MODELS / f"{given}.toml"
    return named if "/" not in given and named.is_file() else Path(given)


def parse_parameters(texts: Iterable[str]) -> dict[str, Any]:
    """`max_iter=300` and the like as a dict; a value is TOML where it can be, else text. Raises InvalidModelFile."""
    parameters: dict[str, Any] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name.strip().isidentifier():
            raise InvalidModelFile(f"A parameter is given as NAME=VALUE, as in max_iter=300; it is {text!r}.")
        parameters[name.strip()] = _toml_value(value.strip())
    return parameters


def checked(spec: ModelSpec) -> ModelSpec:
    """`spec` with its delimiter as one character; raises InvalidModelFile where its fields break a rule."""
    search, thousands = spec.search, spec.data.thousands
    rules = {
        "name must not be empty": bool(spec.name.strip()),
        "data.test_size must lie between 0 and 1, both excluded": 0 < spec.data.test_size < 1,
        f"data.delimiter must be one character, as in ';', or tab; it is {spec.data.delimiter!r}": is_delimiter(
            delimiter_of(spec.data.delimiter)
        ),
        f"data.not_missing keeps what is a gap otherwise, one of {', '.join(MISSING[1:])}": all(
            text in MISSING[1:] for text in spec.data.not_missing
        ),
        "data.missing and data.not_missing must not name the same text": not (
            set(spec.data.missing) & set(spec.data.not_missing)
        ),
        "data.decimal must be one mark, such as ','": is_mark(spec.data.decimal) and not spec.data.decimal.isspace(),
        "data.thousands must be one mark, such as ',' or ' '": thousands is None or is_mark(thousands),
        "data.decimal and data.thousands must differ": spec.data.decimal != thousands,
        "data.sample must be at least 10": spec.data.sample is None or spec.data.sample >= 10,
        "search.folds must be at least 2": search is None or search.folds >= 2,
        "search.candidates must be at least 1": search is None or search.candidates >= 1,
        "search.parameters must name lists of values to try": search is None
        or (
            bool(search.parameters)
            and all(isinstance(values, list) and values for values in search.parameters.values())
        ),
        "a search needs an estimator": search is None or spec.estimator is not None,
        "the gate's latency and size are multiples, at least 1": spec.gate.latency >= 1 and spec.gate.size >= 1,
        "the gate's worse and calibration must not be negative": spec.gate.worse >= 0 and spec.gate.calibration >= 0,
        f"drift.alpha must lie between 0 and 1, both excluded; it is {spec.drift.alpha:g}": 0 < spec.drift.alpha < 1,
        f"drift.floor must be a number that is not negative; it is {spec.drift.floor:g}": 0
        <= spec.drift.floor
        < math.inf,
    }
    for rule, holds in rules.items():
        if not holds:
            raise InvalidModelFile(f"The description of the model breaks a rule: {rule}.")
    delimiter = delimiter_of(spec.data.delimiter)
    return dataclasses.replace(spec, data=dataclasses.replace(spec.data, delimiter=delimiter))


def _toml_value(text: str) -> Any:
    if text in ("None", "null"):
        return None
    if text in ("True", "False"):
        return text == "True"
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
