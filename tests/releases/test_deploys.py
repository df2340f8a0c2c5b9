"""The way from one scikit-learn to the next: what is refused, what is to be done, and that a model serves throughout.

The commands are those that people and CI run; the registry is a directory or S3, and CloudFormation a server of ours.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from handler.engines.package_description import DESCRIPTION_FILE, PackageDescription
from ops.deploy import check, record
from tests.integration.registries import made_at, put_file, put_manifest, put_version
from tests.integration.sockets import conversing, s3_error
from tests.releases.cloudformation import Stacks, describing
from tests.unit.training.release.deployed.descriptions import package
from training.cli.main import main
from training.release.deployed.record import record_key
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store

STACK = "churn"
OLD = "1.8.0"
"""The scikit-learn of the function that is deployed at first."""


@pytest.fixture
def stacks(model_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stacks]:
    """One stack, whose registry is `model_uri` and whose alias is production."""
    parameters = {"ModelName": "iris", "ModelAlias": "production", "MemorySize": "1769", "EphemeralStorage": "512"}
    there = Stacks({STACK: {"ModelUri": model_uri, "ModelBucketName": "models"}}, {STACK: parameters})
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with describing(there) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", url)
        yield there


def built(tmp_path: Path, described: PackageDescription) -> str:
    """A folder as `sam build` makes it, as far as deploys look at it."""
    folder = tmp_path / described.engines["joblib"].versions["scikit-learn"]
    folder.mkdir(exist_ok=True)
    (folder / DESCRIPTION_FILE).write_text(described.to_json())
    return str(folder)


def checked(package_folder: str, *words: str) -> int:
    return check.main(["--stack-name", STACK, "--package", package_folder, *words])


def recorded(package_folder: str) -> int:
    return record.main(["--stack-name", STACK, "--package", package_folder])


def promoted(model_uri: str, version: str, alias: str = "production") -> Result:
    words = ["promote", version, "--alias", alias, "--reason", "tests", "--model-uri", model_uri]
    return CliRunner().invoke(main, words)


def serve_made_under_old(model_uri: str, iris: TrainedFolder) -> str:
    """A version that was made under the old scikit-learn serves as production; gives its name."""
    made = made_at(iris, 1)
    manifest = dataclasses.replace(made.manifest, runtime=made.manifest.runtime | {"scikit-learn": OLD})
    put_version(model_uri, dataclasses.replace(made, manifest_json=manifest.to_json().encode()))
    put_manifest(model_uri, manifest)
    return manifest.version


def test_a_raised_pin_reaches_production_without_a_gap(
    model_uri: str, stacks: Stacks, iris: TrainedFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = built(tmp_path, package(scikit_learn=OLD)), built(tmp_path, package())
    before = serve_made_under_old(model_uri, iris)
    assert recorded(old) == 0
    after = put_version(model_uri, iris)

    # Neither side can go first.
    refused = promoted(model_uri, after)
    assert refused.exit_code == 1
    assert f"Error: {after} was not promoted to 'production'. The function of the stack '{STACK}'" in (refused.stderr)
    assert f"(the package has {OLD})" in refused.stderr
    assert "--alias production-2" in refused.stderr
    assert checked(new) == 1
    said = capsys.readouterr().err
    assert f"'production' names {before}, which this package could not serve: it was made under scikit-learn" in said
    assert "Do not deploy: 1 found." in said

    # Both go at once: the version by another alias, and the function with it.
    assert checked(new, "--parameter-overrides", "ModelAlias=production-2") == 1
    assert "promote a version to 'production-2' first" in capsys.readouterr().err
    aside = promoted(model_uri, after, "production-2")
    assert aside.exit_code == 0, aside.stderr
    assert "No deployed function is on record for 'production-2'" in aside.stderr
    assert checked(new, "--parameter-overrides", "ModelAlias=production-2") == 0
    stacks.parameters[STACK]["ModelAlias"] = "production-2"
    assert recorded(new) == 0

    # What is left over is named, and can follow now.
    assert checked(new) == 1
    assert "promote VERSION --alias production " in capsys.readouterr().err
    followed = promoted(model_uri, after)
    assert followed.exit_code == 0, followed.stderr
    assert checked(new) == 0
    assert "This package can be deployed." in capsys.readouterr().err
    # The deployed function, which is on record under the new alias, can read what goes there next.
    again = promoted(model_uri, after, "production-2")
    assert f"by what is on record of {STACK}" in again.stderr
    # The way back is refused as well: the function of today could not read what served before.
    back = promoted(model_uri, before, "production-2")
    assert (back.exit_code, f"{before} was not promoted to" in back.stderr) == (1, True)


def test_a_package_of_another_engine_than_the_stack_has_is_neither_deployed_nor_recorded(
    model_uri: str, stacks: Stacks, iris: TrainedFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where CI builds the default, and the stack has Engine=onnx, which a deploy keeps."""
    put_version(model_uri, iris)
    folder = built(tmp_path, package())
    assert checked(folder) == recorded(folder) == 0
    assert checked(folder, "--parameter-overrides", "Engine=onnx") == 1
    assert "the stack would have Engine=onnx: build it for that, with `make sam-build ENGINE=onnx`" in (
        capsys.readouterr().err
    )
    stacks.parameters[STACK]["Engine"] = "onnx"
    assert checked(folder) == 1
    assert checked(folder, "--parameter-overrides", "Engine=sklearn") == 0
    assert check.main(["--model-uri", model_uri, "--package", folder]) == 0
    capsys.readouterr()
    assert recorded(folder) == 1
    assert "has Engine=onnx: it is not what was deployed, so nothing was recorded" in capsys.readouterr().err


@pytest.mark.usefixtures("stacks")
def test_a_rollback_to_what_the_deployed_function_cannot_read_is_refused(
    model_uri: str, iris: TrainedFolder, tmp_path: Path
) -> None:
    before, after = serve_made_under_old(model_uri, iris), put_version(model_uri, iris)
    assert promoted(model_uri, after).exit_code == 0
    assert recorded(built(tmp_path, package())) == 0
    refused = CliRunner().invoke(main, ["rollback", "--reason", "tests", "--model-uri", model_uri])
    assert refused.exit_code == 1
    assert f"Error: {before} was not promoted to 'production'" in refused.stderr
    listed = CliRunner().invoke(main, ["list", "--json", "--model-uri", model_uri])
    assert [each["version"] for each in json.loads(listed.stdout) if each["serves"]] == [after]


def test_a_version_that_the_function_could_read_but_this_checkout_cannot_prove_says_where_to(
    model_uri: str, stacks: Stacks, iris: TrainedFolder, tmp_path: Path
) -> None:
    version = serve_made_under_old(model_uri, iris)
    assert recorded(built(tmp_path, package(scikit_learn=OLD))) == 0
    stacks.parameters[STACK]["ModelAlias"] = "staging"
    assert recorded(built(tmp_path, package(scikit_learn=OLD))) == 0
    refused = promoted(model_uri, version, "staging")
    assert refused.exit_code == 1
    assert "Error: The deployed function could serve it, but it cannot be proved here" in refused.stderr
    assert f"scikit-learn {OLD} (this checkout pins" in refused.stderr


@pytest.mark.usefixtures("stacks")
def test_a_record_says_what_the_stack_and_the_package_say(model_uri: str, tmp_path: Path) -> None:
    put_file(model_uri, "versions/nothing", b"")
    described = package()
    assert recorded(built(tmp_path, described)) == 0
    (told,) = json.loads(CliRunner().invoke(main, ["functions", "--json", "--model-uri", model_uri]).stdout)
    assert (told["stack"], told["alias"], told["memory_mb"], told["ephemeral_storage_mb"]) == (
        *(STACK, "production", 1769, 512),
    )
    assert told["package"] == json.loads(described.to_json())
    shown = CliRunner().invoke(main, ["functions", "--model-uri", model_uri])
    assert all(part in shown.stderr for part in (STACK, "production", "1769 MB", "512 MB", "scikit-learn"))
    assert recorded(built(tmp_path, described)) == 0  # the next deploy takes its place


@pytest.mark.usefixtures("stacks")
def test_a_record_of_a_stack_that_is_gone_is_forgotten_by_a_command(
    model_uri: str, iris: TrainedFolder, tmp_path: Path
) -> None:
    version = put_version(model_uri, iris)
    assert recorded(built(tmp_path, package(scikit_learn=OLD))) == 0
    refused = promoted(model_uri, version)
    command = f"functions --forget {STACK} --model-uri {model_uri}"
    assert command in refused.stderr
    done = CliRunner().invoke(main, command.split())
    assert done.exit_code == 0, done.stderr
    left = CliRunner().invoke(main, ["functions", "--model-uri", model_uri])
    assert "No deployed function is on record" in left.stderr
    assert promoted(model_uri, version).exit_code == 0
    assert CliRunner().invoke(main, command.split()).exit_code == 1


@pytest.mark.parametrize("data", [b"{", b'{"format_version": 2}', b"\xff"])
def test_a_record_that_cannot_be_read_holds_a_promotion_back_in_a_sentence(
    model_uri: str, iris: TrainedFolder, data: bytes
) -> None:
    version = put_version(model_uri, iris)
    put_file(model_uri, record_key("broken"), data)
    refused = promoted(model_uri, version)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.count("Error: ") == 1
    assert "What this function could serve is not known" in refused.stderr
    assert "functions --forget broken" in refused.stderr
    verified = CliRunner().invoke(main, ["verify", "--json", "--model-uri", model_uri])
    assert [found["what"] for found in json.loads(verified.stdout) if found["problem"]] == ["function of broken"]


def test_the_records_are_no_versions_and_stay_where_they_are(
    model_uri: str, stacks: Stacks, iris: TrainedFolder, tmp_path: Path
) -> None:
    version = put_version(model_uri, iris)
    put_manifest(model_uri, iris.manifest)
    assert recorded(built(tmp_path, package())) == 0
    listed = CliRunner().invoke(main, ["list", "--json", "--model-uri", model_uri])
    assert [each["version"] for each in json.loads(listed.stdout)] == [version]
    assert CliRunner().invoke(main, ["verify", "--model-uri", model_uri]).exit_code == 0
    assert CliRunner().invoke(main, ["prune", "--keep", "1", "--days", "0", "--model-uri", model_uri]).exit_code == 0
    assert open_writable_store(model_uri).get(record_key(STACK)) is not None
    assert stacks.refusal is None


class TestWhatCannotBeKnown:
    """Each ends with 1 and a sentence, but for a first deploy, which can break nothing."""

    @pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"])
    def test_a_first_deploy_passes(
        self, stacks: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: str
    ) -> None:
        folder = built(tmp_path, package())
        stacks.status = status
        assert checked(folder) == 0
        stacks.outputs.clear()
        assert checked(folder) == 0
        assert f"There is no stack '{STACK}' yet" in capsys.readouterr().out
        assert recorded(folder) == 1
        assert "nothing was recorded" in capsys.readouterr().err

    def test_an_empty_registry_passes(self, stacks: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert stacks.refusal is None
        assert checked(built(tmp_path, package())) == 0
        assert "Nothing is promoted to 'production'" in capsys.readouterr().out

    def test_a_stack_that_may_not_be_described(
        self, stacks: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stacks.refusal = "AccessDenied"
        assert checked(built(tmp_path, package())) == 1
        assert "cloudformation:DescribeStacks" in capsys.readouterr().err

    @pytest.mark.usefixtures("stacks")
    def test_a_cloudformation_that_does_not_answer(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", "http://127.0.0.1:9")
        assert checked(built(tmp_path, package())) == 1
        assert "Nothing answers at http://127.0.0.1:9: check" in capsys.readouterr().err

    def test_a_stack_of_another_project(
        self, stacks: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stacks.outputs[STACK] = {}
        assert checked(built(tmp_path, package())) == 1
        assert "has no output ModelUri" in capsys.readouterr().err

    @pytest.mark.parametrize("text", [None, "{", '{"format_version": 9}'])
    def test_a_package_that_says_nothing_of_itself(
        self, stacks: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
    ) -> None:
        assert stacks.refusal is None
        if text is not None:
            (tmp_path / DESCRIPTION_FILE).write_text(text)
        for command in (checked, recorded):
            assert command(str(tmp_path)) == 1
            assert "make sam-build" in capsys.readouterr().err

    def test_a_registry_that_refuses_or_is_not_there(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, bucket: str
    ) -> None:
        folder = built(tmp_path, package())
        assert check.main(["--model-uri", f"s3://{bucket}-gone/iris", "--package", folder]) == 1
        assert "The bucket of s3://" in (said := capsys.readouterr().err)
        assert "does not exist" in said
        with conversing(s3_error("403 Forbidden", "AccessDenied")) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            assert check.main(["--model-uri", "s3://models/iris", "--package", folder]) == 1
        assert "may not be read or written with these credentials (AccessDenied)" in capsys.readouterr().err

    def test_what_may_not_be_read_or_written_names_the_policy(
        self, stacks: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stacks.outputs[STACK] = {"ModelUri": "s3://models/iris"}
        with conversing(s3_error("403 Forbidden", "AccessDenied")) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
            for command in (checked, recorded):
                assert command(built(tmp_path, package())) == 1
                assert "DeployPolicyArn" in capsys.readouterr().err

    def test_another_model_of_the_bucket_is_judged_by_its_own_registry(
        self, stacks: Stacks, tmp_path: Path, capsys: pytest.CaptureFixture[str], bucket: str
    ) -> None:
        stacks.outputs[STACK] = {"ModelUri": f"s3://{bucket}/iris", "ModelBucketName": bucket}
        assert checked(built(tmp_path, package()), "--parameter-overrides", "ModelName=wine") == 0
        assert f"in s3://{bucket}/wine" in capsys.readouterr().out
