"""The life of one stack, as fixtures: each stage is reached once, from the one before it, and tests look at it.

A test that wants a stage names its fixture; the stages before it come by themselves. A stage that a later one ends
(nothing published, no right to read) notes its answers while it lasts. Only `deleted` must come last.

    project → stand_in → deployed → unpublished → serving → released → redeployed → reconfigured → denied → restored
    → held_back → switched → day → brought → messages → on_onnx → tables → deleted
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import aws_stand_in, stack
from ops.aws_stand_in import Credentials, StandIn
from ops.commands import ROOT, CommandFailed, training
from ops.stack import Stack
from tests.e2e.deploy.change_of_engine import OnOnnx, on_onnx
from tests.e2e.deploy.day.stage import WINDOW_SECONDS, Day, day
from tests.e2e.deploy.stages import (
    NEW_CODE,
    OTHER_SCIKIT_LEARN,
    PAGES,
    BroughtModel,
    Deleted,
    Denied,
    HeldBack,
    Reconfigured,
    Redeployed,
    Released,
    Restored,
    Serving,
    Switched,
    Unpublished,
)
from tests.e2e.deploy.streams.stage import make_stream, messages
from tests.e2e.deploy.tables.stage import Tables, tables
from tests.tutorials.bringing import bring
from tests.tutorials.pipelines import TUTORIALS

__all__ = ["day", "messages", "on_onnx", "tables"]


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
    with aws_stand_in.running(tmp_path_factory.mktemp("aws")) as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def deployed(stand_in: StandIn, project: Path) -> Stack:
    """Built and deployed, for the first time."""
    stack.build(project)
    deploy(stand_in, project)
    return stack.deployed_stack(stand_in)


def deploy(stand_in: StandIn, project: Path, parameters: tuple[str, ...] = ()) -> str:
    """The steps of deploy-one.yml; gives the output of `sam deploy`."""
    stack.check(stand_in, project, parameters)
    said = stack.deploy(stand_in, project, parameters)
    stack.record(stand_in, project)
    return said


@pytest.fixture(scope="session")
def unpublished(deployed: Stack) -> Unpublished:
    return Unpublished(deployed, stack.predict(deployed.api), deployed.api.ask("GET", "/health"))


def user_with(deployed: Stack, name: str, policy: str) -> Credentials:
    """A user who has one of the stack's policies and nothing else."""
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
def observer(deployed: Stack) -> Credentials:
    return user_with(deployed, "observer", "ObservePolicyArn")


@pytest.fixture(scope="session")
def deployer(deployed: Stack) -> Credentials:
    """One who may also describe stacks, as who deploys them may."""
    credentials = user_with(deployed, "deployer", "DeployPolicyArn")
    allowed = {"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam = deployed.stand_in.client("iam")
    iam.put_user_policy(UserName="deployer", PolicyName="describe-stacks", PolicyDocument=document)
    return credentials


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
    said = deploy(before.stand_in, project)
    after = stack.deployed_stack(before.stand_in)
    return Redeployed(said, before, released.live_after, after.live_version(), after)


@pytest.fixture(scope="session")
def reconfigured(redeployed: Redeployed, project: Path) -> Reconfigured:
    """Two parameters were changed, and nothing else."""
    parameters = ("MaxRows=1", f"CorsOrigins={PAGES}")
    deploy(redeployed.after.stand_in, project, parameters)
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
    deploy(before.stand_in, project)
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
def held_back(
    restored: Restored,
    project: Path,
    deployer: Credentials,
    publisher: Credentials,
    promoter: Credentials,
    tmp_path_factory: pytest.TempPathFactory,
) -> HeldBack:
    """A deploy and a promotion were refused: each by what is at the other side, under another scikit-learn.

    The package to deploy, and the function on record, say that they have OTHER_SCIKIT_LEARN. Only what they say differs
    from what is built and deployed, for that is all that is asked.
    """
    deployed, aws = restored.stack, restored.stack.stand_in
    other = tmp_path_factory.mktemp("other") / "project"
    package, copy = (folder / ".aws-sam/build/PredictFunction" for folder in (project, other))
    described = json.loads((package / "function.json").read_text())
    described["engines"]["joblib"]["versions"]["scikit-learn"] = OTHER_SCIKIT_LEARN
    copy.mkdir(parents=True)
    (copy / "function.json").write_text(json.dumps(described))
    uri = ["--model-uri", deployed.outputs["ModelUri"]]
    with pytest.raises(CommandFailed) as deploy_refused:
        stack.check(aws, other, checker=deployer)
    stack.record(aws, other, recorder=deployer)
    trained = str(tmp_path_factory.mktemp("trained_third") / "iris")
    training("train", "--out", trained, "--seed", "11")
    version = training("publish", trained, *uri, env=aws.environment(publisher))["version"]
    with pytest.raises(CommandFailed) as promotion_refused:
        training("promote", version, "--reason", "too early", *uri, env=aws.environment(promoter))
    answer = stack.predict(deployed.api)
    return HeldBack(deployed, version, str(deploy_refused.value), str(promotion_refused.value), answer)


@pytest.fixture(scope="session")
def switched(held_back: HeldBack, project: Path, deployer: Credentials, promoter: Credentials) -> Switched:
    """The version was promoted to an alias that no function served, and the function deployed with that alias."""
    deployed, aws = held_back.stack, held_back.stack.stand_in
    uri = ["--model-uri", deployed.outputs["ModelUri"]]
    promote = ["promote", held_back.version, "--reason", "for the next function", *uri]
    training(*promote, "--alias", "production-2", env=aws.environment(promoter))
    # The day that follows is short, and so are its windows.
    served = ("ModelAlias=production-2", "MaxRows=1000", f"ObserveSeconds={WINDOW_SECONDS:g}")
    parameters = (*served, "Batches=enabled", "Queue=enabled", f"StreamArn={make_stream(aws)}")
    said = stack.check(aws, project, parameters, checker=deployer)
    stack.deploy(aws, project, parameters)
    stack.record(aws, project, recorder=deployer)
    after = stack.deployed_stack(aws)
    answer = stack.wait_for_version(after.api, held_back.version)
    training(*promote, env=aws.environment(promoter))
    on_record = training("functions", *uri, env=aws.environment(promoter))
    return Switched(after, said, answer, on_record)


@pytest.fixture(scope="session")
def sender(switched: Switched) -> Credentials:
    return user_with(switched.stack, "sender", "StreamPolicyArn")


@pytest.fixture(scope="session")
def scorer(switched: Switched) -> Credentials:
    """One who may have tables scored, which the stack does from this stage on."""
    return user_with(switched.stack, "scorer", "ScorePolicyArn")


@pytest.fixture(scope="session")
def brought(
    switched: Switched,
    day: Day,  # noqa: ARG001 - a stage
    publisher: Credentials,
    promoter: Credentials,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, BroughtModel]:
    """Pipelines fitted to DataFrames, one of them with a module of its own, served one after the other."""
    deployed, aws = switched.stack, switched.stack.stand_in
    uri = ["--model-uri", deployed.outputs["ModelUri"], "--alias", "production-2"]
    served = {}
    for name in ("titanic", "own step"):
        model = bring(TUTORIALS[name], tmp_path_factory.mktemp("brought"))
        # It takes the place of another model, so the gate finds another contract.
        forced = ["--force", "--reason", "another model", *uri]
        version = training("publish", str(model.folder), *forced, env=aws.environment(publisher))["version"]
        training("promote", version, "--reason", "another model", *uri, env=aws.environment(promoter))
        stack.wait_for_version(deployed.api, version)
        answer = deployed.api.ask("POST", "/predict", model.event()["body"])
        served[name] = BroughtModel(model, version, answer)
    return served


@pytest.fixture(scope="session")
def deleted(
    on_onnx: OnOnnx,  # noqa: ARG001 - a stage
    tables: Tables,  # noqa: ARG001 - a stage
    switched: Switched,
    project: Path,
) -> Deleted:
    """The stack was deleted."""
    before = switched.stack
    keys_before = keys(before)
    stack.delete(before.stand_in, project)
    return Deleted(keys_before, keys(before), stack.predict(before.api))


def keys(deployed: Stack) -> set[str]:
    """The keys of all objects in the model bucket."""
    pages = deployed.stand_in.client("s3").get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=deployed.outputs["ModelBucketName"])
    return {entry["Key"] for page in listed for entry in page.get("Contents", [])}
