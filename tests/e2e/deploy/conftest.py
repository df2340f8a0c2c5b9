"""The life of one stack, as fixtures: each stage is reached once, from the one before it, and tests look at it.

A test that wants a stage names its fixture; the stages before it come by themselves. A stage that a later one ends
(nothing published, no right to read) notes its answers while it lasts. Only `deleted` must come last.

    project → stand_in → deployed → unpublished → serving → released → redeployed → reconfigured → denied → restored
    → deleted
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import aws_stand_in, stack
from ops.aws_stand_in import Credentials, StandIn
from ops.commands import ROOT
from ops.http_client import free_port
from ops.stack import Stack
from tests.e2e.deploy.stages import (
    NEW_CODE,
    PAGES,
    Deleted,
    Denied,
    Reconfigured,
    Redeployed,
    Released,
    Restored,
    Serving,
    Unpublished,
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a deploy needs, so that a test may change code; wheels come from the checkout's own cache."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("template.yaml", "samconfig.toml", ".python-version"):
        shutil.copy(ROOT / name, copy)
    for name in ("handler", "packager"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (ROOT / ".cache").mkdir(exist_ok=True)
    (copy / ".cache").symlink_to(ROOT / ".cache")
    return copy


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """An AWS of our own, with nothing in it."""
    running = aws_stand_in.start(tmp_path_factory.mktemp("aws"), free_port())
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def deployed(stand_in: StandIn, project: Path) -> Stack:
    """Built and deployed, for the first time."""
    stack.build(project)
    stack.deploy(stand_in, project)
    return stack.deployed_stack(stand_in)


@pytest.fixture(scope="session")
def unpublished(deployed: Stack) -> Unpublished:
    return Unpublished(deployed, stack.predict(deployed.api), deployed.api.ask("GET", "/health"))


def user_with(deployed: Stack, name: str, policy: str) -> Credentials:
    """A user who has one of the stack's three policies and nothing else."""
    iam = deployed.stand_in.client("iam")
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=deployed.outputs[policy])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


@pytest.fixture(scope="session")
def reader(deployed: Stack) -> Credentials:
    return user_with(deployed, "reader", "ReadPolicyArn")


@pytest.fixture(scope="session")
def publisher(deployed: Stack) -> Credentials:
    return user_with(deployed, "publisher", "PublishPolicyArn")


@pytest.fixture(scope="session")
def promoter(deployed: Stack) -> Credentials:
    return user_with(deployed, "promoter", "PromotePolicyArn")


@pytest.fixture(scope="session")
def serving(
    unpublished: Unpublished,
    publisher: Credentials,
    promoter: Credentials,
    tmp_path_factory: pytest.TempPathFactory,
) -> Serving:
    """A model was published by one who may publish, and promoted by another who may promote."""
    deployed = unpublished.stack
    folder = tmp_path_factory.mktemp("trained") / "iris"
    version = stack.publish(deployed, folder, publisher=publisher, promoter=promoter)
    return Serving(deployed, version, stack.wait_for(lambda: stack.predict(deployed.api), 200))


@pytest.fixture(scope="session")
def released(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Released:
    live_before = serving.stack.live_version()
    folder = tmp_path_factory.mktemp("trained_again") / "iris"
    version = stack.publish(serving.stack, folder, reason="another seed", seed=7)
    answer = stack.wait_for_version(serving.stack.api, version)
    return Released(serving.stack, version, answer, live_before, serving.stack.live_version())


@pytest.fixture(scope="session")
def redeployed(released: Released, project: Path) -> Redeployed:
    """The project was built again, from the same sources, and deployed again."""
    before = released.stack
    stack.build(project)
    said = stack.deploy(before.stand_in, project)
    after = stack.deployed_stack(before.stand_in)
    return Redeployed(said, before, released.live_after, after.live_version(), after)


@pytest.fixture(scope="session")
def reconfigured(redeployed: Redeployed, project: Path) -> Reconfigured:
    """Two parameters were changed, and nothing else."""
    parameters = ("MaxRows=1", f"CorsOrigins={PAGES}")
    stack.deploy(redeployed.after.stand_in, project, parameters=parameters)
    after = stack.deployed_stack(redeployed.after.stand_in)
    rows = json.dumps({"instances": [[6.0, 2.5, 4.5, 1.5], [5.1, 3.5, 1.4, 0.2]]})
    return Reconfigured(after, after.api.ask("POST", "/predict", rows), redeployed.live_after, after.live_version())


@pytest.fixture(scope="session")
def denied(reconfigured: Reconfigured, project: Path) -> Denied:
    """The right to read was taken from the function, then new code deployed, whose environments start cold."""
    before = reconfigured.stack
    iam = before.stand_in.client("iam")
    role = function_role(before)
    iam.detach_role_policy(RoleName=role, PolicyArn=before.outputs["ReadPolicyArn"])
    declared = project / "handler/errors/request.py"
    source = declared.read_text()
    assert source.count('"unknown_path"') == 1, "the code that this test changes has moved: change another"
    declared.write_text(source.replace('"unknown_path"', f'"{NEW_CODE}"'))
    stack.build(project)
    stack.deploy(before.stand_in, project)
    after = stack.deployed_stack(before.stand_in)
    prediction, unknown_path = stack.predict(after.api), after.api.ask("GET", "/nowhere")
    return Denied(after, prediction, unknown_path, reconfigured.live_after, after.live_version())


def function_role(deployed: Stack) -> str:
    """The name of the role that the function runs as."""
    configuration = deployed.stand_in.client("lambda").get_function_configuration(
        FunctionName=deployed.outputs["FunctionName"]
    )
    role: str = configuration["Role"].rsplit("/", 1)[-1]
    return role


@pytest.fixture(scope="session")
def restored(denied: Denied) -> Restored:
    after = denied.after
    after.stand_in.client("iam").attach_role_policy(
        RoleName=function_role(after), PolicyArn=after.outputs["ReadPolicyArn"]
    )
    return Restored(after, stack.wait_for(lambda: stack.predict(after.api), 200))


@pytest.fixture(scope="session")
def deleted(restored: Restored, project: Path) -> Deleted:
    """The stack was deleted."""
    keys_before = keys(restored.stack)
    stack.delete(restored.stack.stand_in, project)
    return Deleted(keys_before, keys(restored.stack), stack.predict(restored.stack.api))


def keys(deployed: Stack) -> set[str]:
    """The keys of all objects in the model bucket."""
    listed = deployed.stand_in.client("s3").list_objects_v2(Bucket=deployed.outputs["ModelBucketName"])
    return {entry["Key"] for entry in listed.get("Contents", [])}
