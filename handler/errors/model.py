"""Errors that the operator can mend: no model can be served, and the text goes to the log alone."""

from handler.errors.base import ErrorAnswer, SklearnOnLambdaError

ROLL_BACK = "`python -m training rollback`. "
PUBLISH_AGAIN = ROLL_BACK + "`python -m training verify` says which versions are whole; publish the missing one again."
FIND_WHO_CHANGED_IT = (
    ROLL_BACK
    + "Then find out who changed the file, for a version never changes: `python -m training verify` names it, "
    "and the bucket keeps the object's older versions."
)


class ModelUnavailable(SklearnOnLambdaError):
    """No model can be served. The text is for the log; clients read the code and a fixed sentence."""


class InvalidSettings(ModelUnavailable):
    """A setting is missing, or has a value that it cannot have."""

    answer = ErrorAnswer(
        503,
        "invalid_settings",
        "The service is not set up to serve a model.",
        action="The log line `no model to serve` names the variable and what it must be. Correct its parameter and "
        "run `sam deploy`.",
    )


class RegistryError(ModelUnavailable):
    """The registry does not answer as it should."""


class RegistryUnreachable(RegistryError):
    """A time-out, a refused connection, or an error of S3."""

    answer = ErrorAnswer(
        503,
        "registry_unreachable",
        "The model's registry does not answer.",
        action="Wait a few minutes: requests make the function try again, at intervals of up to 30 s. If it lasts, "
        "look at the state of S3 in the region, and at the function's network if it was put into a VPC. If the log "
        "says that the bucket is in another region, deploy the function there.",
    )


class RegistryNotFound(RegistryError):
    """The bucket or the directory does not exist."""

    answer = ErrorAnswer(
        503,
        "registry_not_found",
        "The model's registry does not exist.",
        action="Compare the function's MODEL_URI with the stack's output ModelUri. If the bucket is gone, make it "
        "again under its name and publish a model.",
    )


class RegistryAccessDenied(RegistryError):
    """The function's role, or a file's mode, forbids reading."""

    answer = ErrorAnswer(
        503,
        "registry_access_denied",
        "The model's registry may not be read.",
        action="Run `sam deploy`, which gives the role ModelReadPolicy again. If it lasts, look for a policy of the "
        "bucket or the account that denies s3:GetObject.",
    )


class AliasError(ModelUnavailable):
    """The alias does not say which version to serve."""


class AliasNotSet(AliasError):
    """Nothing was ever promoted to this alias."""

    answer = ErrorAnswer(
        503,
        "alias_not_set",
        "No model has been promoted yet.",
        action="`python -m training list`, then `python -m training promote VERSION`. If that list says that one "
        "serves, compare its --model-uri and --alias with the function's MODEL_URI and MODEL_ALIAS.",
    )


class InvalidAlias(AliasError):
    """The alias file is not one that this code can read."""

    answer = ErrorAnswer(
        503,
        "invalid_alias",
        "The alias that names the model cannot be read.",
        action="`python -m training promote VERSION` writes the alias anew; `python -m training history` says which "
        "version served. Then find out who wrote the file: the bucket keeps its older versions.",
    )


class ManifestError(ModelUnavailable):
    """The version's manifest cannot be trusted or understood."""


class ManifestMissing(ManifestError):
    """The version has no manifest: it was never published completely, or was deleted."""

    answer = ErrorAnswer(503, "manifest_missing", "The model has no manifest.", action=PUBLISH_AGAIN)


class ManifestMismatch(ManifestError):
    """The manifest is not the one that the alias names: its digest or its version differs."""

    answer = ErrorAnswer(
        503, "manifest_mismatch", "The model's manifest is not the one promoted.", action=FIND_WHO_CHANGED_IT
    )


class InvalidManifest(ManifestError):
    """The manifest lacks a field, or holds one of the wrong type."""

    answer = ErrorAnswer(
        503,
        "invalid_manifest",
        "The model's manifest cannot be read.",
        action=ROLL_BACK + "Then publish the model again with this release of the project.",
    )


class UnknownManifestFormat(ManifestError):
    """The manifest was written by a later release of this project."""

    answer = ErrorAnswer(
        503,
        "unknown_manifest_format",
        "The model's manifest is too new.",
        action=ROLL_BACK + "Or deploy the commit that published the version.",
    )


class ArtifactError(ModelUnavailable):
    """The model's bytes cannot be trusted or understood."""


class ArtifactMissing(ArtifactError):
    """The manifest names a file that is not there."""

    answer = ErrorAnswer(503, "artifact_missing", "The model's artifact is missing.", action=PUBLISH_AGAIN)


class ArtifactSizeMismatch(ArtifactError):
    """The artifact is not as long as its manifest says."""

    answer = ErrorAnswer(503, "artifact_size_mismatch", "The model's artifact was refused.", action=FIND_WHO_CHANGED_IT)


class ArtifactDigestMismatch(ArtifactError):
    """The artifact's bytes are not the ones that were published."""

    answer = ErrorAnswer(
        503, "artifact_digest_mismatch", "The model's artifact was refused.", action=FIND_WHO_CHANGED_IT
    )


class UnloadableArtifact(ArtifactError):
    """The verified bytes could not be turned into an estimator."""

    answer = ErrorAnswer(
        503,
        "unloadable_artifact",
        "The model cannot be loaded.",
        action=ROLL_BACK + "The log says why it did not load. If memory ran out, raise the parameter MemorySize.",
    )


class RuntimeMismatch(ModelUnavailable):
    """The model was made under library versions that this runtime does not have."""

    answer = ErrorAnswer(
        503,
        "runtime_mismatch",
        "The model needs other library versions.",
        action=ROLL_BACK + "To serve this version, deploy the package that it was published for: `python -m training "
        "show VERSION` names its libraries. To serve with this package, train again with the pins of this commit.",
    )


class SelfTestFailed(ModelUnavailable):
    """The loaded model does not repeat the example of its manifest."""

    answer = ErrorAnswer(
        503,
        "self_test_failed",
        "The model does not repeat its own example.",
        action=ROLL_BACK + "On Lambda the model does not answer as it did where it was fitted: train or package it "
        "again with the pins of this commit.",
    )
