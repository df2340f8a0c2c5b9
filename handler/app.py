"""The entry for HTTP events of API Gateway and of function URLs. Start reading here.

Lambda imports this module in its init phase and then calls `lambda_handler` for each event. Importing a module does
nothing, with this exception and that of `handler.coldstart.init_phase`; here the model is loaded. Another entry would
be another module, with a load of its own.
"""

# First of all: on Lambda it makes what follows cheaper.
from handler.coldstart import init_phase

# isort: split
import os
import random
from functools import cache
from typing import TYPE_CHECKING, Any

from handler.api.application import Application, create_application
from handler.serving.engine_choice import import_shipped_engine
from handler.serving.holder import ModelHolder
from handler.telemetry.log_and_metrics import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

RESTORE_SECONDS = 8.0
"""How long a restored environment waits for the alias, of the 10 s that Lambda gives it."""


def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """The function that template.yaml names."""
    return application().handle(event, context)


@cache
def application() -> Application:
    """The application of this execution environment: the one thing that lives between requests."""
    try:
        created = create_application(os.environ, Telemetry(os.environ), ahead=init_phase.ON_LAMBDA)
        import_shipped_engine()  # scikit-learn, while the model's bytes are on their way
    finally:
        init_phase.libraries_imported()
    created.holder.start()
    return created


def ask_after_restore(holder: ModelHolder) -> None:
    """Have the alias asked when this environment comes back from a SnapStart snapshot, before it answers anything.

    The runtime brings the hooks and gives them 10 s (AWS Lambda Developer Guide, "Implement code before or after Lambda
    function snapshots"). Without them, as on localhost, there is no snapshot to come back from.
    """
    try:
        from snapshot_restore_py import register_after_restore
    except ImportError:
        return
    # The state of `random` is the snapshot's. Nothing here draws from it, but a library or a model may.
    register_after_restore(random.seed)
    register_after_restore(holder.restored, RESTORE_SECONDS)


# The init phase has more CPU than most functions are given and delays no request (AWS Lambda Developer Guide,
# "Understanding the Lambda execution environment lifecycle"). Elsewhere the first request loads the model. The first
# request may still come hours later, as with provisioned concurrency: it asks the alias again.
if init_phase.ON_LAMBDA:
    application().holder.ask_again()
    ask_after_restore(application().holder)
    application().telemetry.initialized(init_phase.seconds_of_process())
