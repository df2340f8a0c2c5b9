"""The entry that scores one chunk of a table; the state machine of template.yaml calls it for each of them.

It answers no request, and asks no alias: each event names its version. What it raises is what the state machine acts
on, PassingFailure or BatchFailed; a chunk that can never be scored is an answer, and not an error.
"""

# First of all: on Lambda it makes what follows cheaper.
from handler.coldstart import init_phase

# isort: split
import contextlib
import os
import traceback
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from handler.errors.base import SklearnOnLambdaError
from handler.errors.model import RegistryUnreachable
from handler.registry.s3_objects import S3Objects
from handler.scoring.chunk import Item, Room, score_chunk
from handler.scoring.failures import BrokenChunk, PassingFailure
from handler.scoring.pinned import PinnedModel
from handler.serving.engine_choice import import_shipped_engine
from handler.serving.opening import open_source
from handler.settings import SERVICE_NAME, Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

ATTEMPTS = 5
"""For each request to S3, which answers SlowDown where very many chunks are read at once."""


class BatchFailed(SklearnOnLambdaError):
    """The chunk was not scored, and would not be by another try; the log line before says why."""


@dataclass(frozen=True)
class Environment:
    """What lives between events: the model's root, and the model that was asked last."""

    files: S3Objects
    model: PinnedModel


def lambda_handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """The receipt of the chunk that `event` names with `"state": "scored"`, or `"state": "broken"` with the reason.

    Raises PassingFailure or BatchFailed.
    """
    log = Logger(service=SERVICE_NAME.value(os.environ), location=None)
    log.append_keys(function_request_id=context.aws_request_id)
    item = None
    try:
        item = Item.from_event(event)
        room = Room(int(context.memory_limit_in_mb), lambda: context.get_remaining_time_in_millis() / 1000)
        receipt, known = score_chunk(item, environment().files, environment().model.predictor, room)
    except BrokenChunk as error:
        chunk = item.chunk if item else None
        log.warning("chunk broken", chunk=chunk, reason=str(error))
        return {"state": "broken", "chunk": chunk, "reason": str(error)}
    except RegistryUnreachable as error:
        log.warning("chunk put off", chunk=item.chunk if item else None, reason=str(error))
        raise PassingFailure(str(error)) from None
    except SklearnOnLambdaError as error:
        log.error("chunk failed", chunk=item.chunk if item else None, error=type(error).__name__, reason=str(error))
        raise BatchFailed(str(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised as one of ours
        # What another library says is not repeated: it may quote what it chokes on.
        trace = "".join(traceback.format_tb(error.__traceback__))
        log.error("chunk failed", chunk=item.chunk if item else None, error=type(error).__name__, trace=trace)
        raise BatchFailed(f"A bug ended it, {type(error).__name__}: the log has its trace.") from None
    log.info(
        "chunk scored",
        chunk=item.chunk,
        known=known,
        version=item.version,
        rows=receipt["rows"],
        refused=receipt["refused"],
        milliseconds=round(1000 * receipt["seconds"]),
    )
    return {**receipt, "state": "scored"}


@cache
def environment() -> Environment:
    """What this execution environment keeps; raises InvalidSettings."""
    # Lambda's runtime has it, and the package does not (AWS Lambda Developer Guide, "Building Lambda functions with
    # Python", "Runtime-included SDK versions").
    import boto3
    from botocore.config import Config

    # No other setting is of any use here.
    settings = Settings.from_env({"MODEL_URI": os.environ.get("MODEL_URI", "")})
    config = Config(connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
    files = S3Objects(boto3.Session().client("s3", config=config), settings.model_uri)
    return Environment(files, PinnedModel(open_source(settings)))


# The init phase has more CPU than most functions are given. Which version to load, only an event says.
if init_phase.ON_LAMBDA:
    with contextlib.suppress(SklearnOnLambdaError):  # the first event tells of it
        environment()
    import_shipped_engine()
    init_phase.libraries_imported()
