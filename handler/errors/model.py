"""Errors that the operator can mend: no model can be served, and the text goes to the log alone."""

from handler.errors.base import ROLL_BACK, ErrorAnswer, SklearnOnLambdaError

ROLL_BACK_FIRST = f"Roll back: {ROLL_BACK}. "
DEPLOY_AGAIN = "`make deploy MODEL_NAME=$MODEL_NAME STACK_NAME=$STACK_NAME`"
PROMOTE = '`.venv/bin/python -m training promote VERSION --reason "WHY"`'
PUBLISH = '`.venv/bin/python -m training publish FOLDER --promote --reason "WHY"`'
PUBLISH_AGAIN = (
    ROLL_BACK_FIRST
    + "Then see which versions are whole: `.venv/bin/python -m training verify`. Publish the missing one again from "
    "the folder that it was published from: `.venv/bin/python -m training publish FOLDER`."
)
FIND_WHO_CHANGED_IT = (
    ROLL_BACK_FIRST + "Then find out who changed the file, because a version never changes: "
    "`.venv/bin/python -m training verify` names the file, and the bucket keeps what stood there before: "
    '`aws s3api list-object-versions --bucket "$MODEL_BUCKET" --prefix "$MODEL_NAME/versions/VERSION/"`.'
)


class ModelUnavailable(SklearnOnLambdaError):
    """No model can be served. The text is for the log; clients read the code and a fixed sentence."""


class InvalidSettings(ModelUnavailable):
    """A setting is missing, or has a value that it cannot have."""

    answer = ErrorAnswer(
        503,
        "invalid_settings",
        "The service is not set up to serve a model.",
        action="The log line names the variable and says what it must be. The reference says which parameter of the "
        f"stack sets it. Deploy again with the right value: {DEPLOY_AGAIN[:-1]} PARAMETERS=NAME=VALUE`.",
    )


class RegistryError(ModelUnavailable):
    """The registry does not answer as it should."""


class RegistryUnreachable(RegistryError):
    """The registry gave no answer: a time-out, a refused connection, or an error of S3."""

    answer = ErrorAnswer(
        503,
        "registry_unreachable",
        "The model's registry does not answer.",
        action="Wait five minutes: the function tries again by itself when requests come. If it lasts, read the reason "
        "in the log line, and look at the state of S3 in the region (https://health.aws.amazon.com). If the function "
        "was put into a VPC, the VPC needs a gateway endpoint for S3. If the reason is that the bucket is in another "
        "region, deploy the stack in that region.",
    )


class RegistryNotFound(RegistryError):
    """The bucket, or the directory, does not exist."""

    answer = ErrorAnswer(
        503,
        "registry_not_found",
        "The model's registry does not exist.",
        action='See whether the bucket is there: `aws s3api head-bucket --bucket "$MODEL_BUCKET"`. If it is gone, make '
        f'it again, `aws s3 mb "s3://$MODEL_BUCKET"`, and publish a model: {PUBLISH}. If it is there, the function was '
        f"given another MODEL_URI than the stack has: {DEPLOY_AGAIN}.",
    )


class RegistryAccessDenied(RegistryError):
    """The function's role, or the mode of a file, forbids reading the registry."""

    answer = ErrorAnswer(
        503,
        "registry_access_denied",
        "The service is not allowed to read the model's registry.",
        action=f"Give the function's role its policy again: {DEPLOY_AGAIN}. If it lasts, look for a policy of the "
        "bucket, the organization or a VPC endpoint that denies s3:GetObject: "
        '`aws s3api get-bucket-policy --bucket "$MODEL_BUCKET"`.',
    )


class AliasError(ModelUnavailable):
    """The alias does not say which version to serve."""


class AliasNotSet(AliasError):
    """Nothing was ever promoted to this alias."""

    answer = ErrorAnswer(
        503,
        "alias_not_set",
        "No model has been promoted yet.",
        action="See what is published: `.venv/bin/python -m training list`. Release one of the versions: "
        f"{PROMOTE}. If the list is empty, publish a model: {PUBLISH}. If the list says that a version serves, the "
        "function reads another alias: compare its variables MODEL_URI and MODEL_ALIAS with the ones that you use.",
    )


class InvalidAlias(AliasError):
    """The alias's file cannot be read: it is damaged, or of another release."""

    answer = ErrorAnswer(
        503,
        "invalid_alias",
        "The alias that names the model cannot be read.",
        action="See which version served last: `.venv/bin/python -m training history`. Release it again, which writes "
        f"the alias anew: {PROMOTE}. Then find out who wrote the file: "
        '`aws s3api list-object-versions --bucket "$MODEL_BUCKET" --prefix "$MODEL_NAME/aliases/"`.',
    )


class ManifestError(ModelUnavailable):
    """The version's manifest cannot be trusted or understood."""


class ManifestMissing(ManifestError):
    """The version has no manifest: it was never published completely, or it was deleted."""

    answer = ErrorAnswer(503, "manifest_missing", "The model has no manifest.", action=PUBLISH_AGAIN)


class ManifestMismatch(ManifestError):
    """The manifest is not the one that the alias names: its digest or its version differs."""

    answer = ErrorAnswer(
        503, "manifest_mismatch", "The model's manifest is not the one that was promoted.", action=FIND_WHO_CHANGED_IT
    )


class InvalidManifest(ManifestError):
    """The manifest lacks a field, or holds one of the wrong type."""

    answer = ErrorAnswer(
        503,
        "invalid_manifest",
        "The model's manifest cannot be read.",
        action=ROLL_BACK_FIRST
        + "Then make the folder again with the commit that is deployed, by `train` or `package`, and "
        "publish it: `.venv/bin/python -m training publish FOLDER`.",
    )


class UnknownManifestFormat(ManifestError):
    """The manifest was written by a later release of this project."""

    answer = ErrorAnswer(
        503,
        "unknown_manifest_format",
        "The model's manifest is too new.",
        action=ROLL_BACK_FIRST + "To serve this version, deploy the commit that it was published with: "
        f"{DEPLOY_AGAIN}.",
    )


class ArtifactError(ModelUnavailable):
    """The model's bytes cannot be trusted or understood."""


class ArtifactMissing(ArtifactError):
    """The manifest names a file that is not there."""

    answer = ErrorAnswer(503, "artifact_missing", "The model's artifact is missing.", action=PUBLISH_AGAIN)


class ArtifactSizeMismatch(ArtifactError):
    """The artifact is longer or shorter than its manifest says: it was cut off or replaced."""

    answer = ErrorAnswer(503, "artifact_size_mismatch", "The model's artifact was refused.", action=FIND_WHO_CHANGED_IT)


class ArtifactDigestMismatch(ArtifactError):
    """The artifact's bytes are not those that were published."""

    answer = ErrorAnswer(
        503, "artifact_digest_mismatch", "The model's artifact was refused.", action=FIND_WHO_CHANGED_IT
    )


class UnloadableArtifact(ArtifactError):
    """The verified bytes could not be turned into an estimator."""

    answer = ErrorAnswer(
        503,
        "unloadable_artifact",
        "The model cannot be loaded.",
        action=ROLL_BACK_FIRST + "The log line says why it did not load. If memory ran out, deploy with more: "
        f"{DEPLOY_AGAIN[:-1]} PARAMETERS=MemorySize=3008`.",
    )


class OnnxFormMissing(ArtifactError):
    """The function loads ONNX, and the version has no such form of its model."""

    answer = ErrorAnswer(
        503,
        "onnx_form_missing",
        "The model has no ONNX form, and this function loads no other.",
        action=ROLL_BACK_FIRST
        + "The function was deployed with Engine=onnx. Make the version's ONNX form: train or package the model again "
        "with this commit, and read why there is none where there is none. Or deploy the function that loads joblib: "
        f"{DEPLOY_AGAIN[:-1]} PARAMETERS=Engine=sklearn`.",
    )


class JoblibFormMissing(ArtifactError):
    """The function loads joblib, and the version has no such form of its model."""

    answer = ErrorAnswer(
        503,
        "joblib_form_missing",
        "The model has no joblib form, and this function loads no other.",
        action=ROLL_BACK_FIRST
        + "The version came from `package --onnx`. To serve it, deploy the function that loads ONNX: "
        f"{DEPLOY_AGAIN[:-1]} PARAMETERS=Engine=onnx`.",
    )


class RuntimeMismatch(ModelUnavailable):
    """The model was made with library versions that the deployed function does not have."""

    answer = ErrorAnswer(
        503,
        "runtime_mismatch",
        "The model needs other library versions.",
        action=f"If it began with a release, roll back: {ROLL_BACK}. If it began with a deploy, deploy the commit "
        "before it again. See which libraries the version needs: `.venv/bin/python -m training show VERSION`. To serve "
        "it with this package, train or package it again with the commit that is deployed.",
    )


class SelfTestFailed(ModelUnavailable):
    """The model was loaded, but does not repeat the examples of its manifest."""

    answer = ErrorAnswer(
        503,
        "self_test_failed",
        "The model did not pass its own test.",
        action=ROLL_BACK_FIRST
        + "The model gives other answers on Lambda than where it was fitted. Train or package it again "
        "with the commit that is deployed. If it happens again, the model is not deterministic: set its random_state.",
    )
