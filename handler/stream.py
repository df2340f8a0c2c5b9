"""The entry for messages: batches of SQS and of Kinesis, in the package of the function for requests.

It serves the same model by the same application; `handler.app` says how it is loaded. What it cannot do for a whole
batch is logged in JSON and raised, and Lambda has the batch come again.
"""

# First of all: on Lambda it makes what follows cheaper.
from handler.coldstart import init_phase

# isort: split
import os
import traceback
from functools import cache
from typing import TYPE_CHECKING, Any

from handler.api.application import Application, create_application
from handler.errors.base import SklearnOnLambdaError
from handler.serving.engine_choice import import_shipped_engine
from handler.streaming.places import AnswerBus, AnswerQueue, Place
from handler.streaming.run import Streams
from handler.streaming.settings import StreamSettings
from handler.telemetry.log_and_metrics import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.typing import LambdaContext

ATTEMPTS = 3
"""For each request to SQS or EventBridge. What still is not taken comes again with its message."""


class BatchFailed(SklearnOnLambdaError):
    """Nothing of the batch could be done; the log line before says why."""


def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> "PartialItemFailureResponse":
    """The function that template.yaml names. Raises BatchFailed."""
    served = application()
    served.telemetry.begin(context)
    logger = served.telemetry.logger
    try:
        return Streams(served, place()).handle(event, context)
    except SklearnOnLambdaError as error:
        logger.error("batch failed", error=type(error).__name__, reason=str(error))
        raise BatchFailed(str(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised as one of ours
        # What another library says is not repeated: it may quote what it chokes on.
        trace = "".join(traceback.format_tb(error.__traceback__))
        logger.error("batch failed", error=type(error).__name__, trace=trace)
        raise BatchFailed(f"A bug ended the batch, {type(error).__name__}: the log has its trace.") from None
    finally:
        served.telemetry.end(context)


@cache
def application() -> Application:
    """The application of this execution environment, as `handler.app` has one."""
    try:
        created = create_application(os.environ, Telemetry(os.environ), ahead=init_phase.ON_LAMBDA)
        import_shipped_engine()
    finally:
        init_phase.libraries_imported()
    created.holder.start()
    return created


@cache
def place() -> Place:
    """Where answers go, with a client that lives between batches; raises InvalidSettings."""
    settings = StreamSettings.from_env(os.environ)
    if settings.answer_bus:
        return AnswerBus(_client("events"), settings.answer_bus)
    return AnswerQueue(_client("sqs"), settings.answer_queue_url)


def _client(service: str) -> Any:
    # Lambda's runtime has it, and the package does not (AWS Lambda Developer Guide, "Building Lambda functions with
    # Python", "Runtime-included SDK versions").
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
    return boto3.Session().client(service, config=config)  # type: ignore[call-overload] # one of two


# As in `handler.app`: the init phase has more CPU, and loads the model before a batch waits for it.
if init_phase.ON_LAMBDA:
    application().holder.ask_again()
    application().telemetry.initialized(init_phase.seconds_of_process())
