"""Errors that the operator can mend: no model can be served, and the text is for the log alone."""

from handler.errors.base import ErrorAnswer, SklearnOnLambdaError


class ModelUnavailable(SklearnOnLambdaError):
    """No model can be served. The text is for the log; clients are told the reason's code alone."""


class InvalidSettings(ModelUnavailable):
    """An environment variable is missing or cannot be what it says."""

    answer = ErrorAnswer(503, "invalid_settings", "The service is not set up to serve a model.")


class RegistryError(ModelUnavailable):
    """The place where models are kept does not answer as it should."""


class RegistryUnreachable(RegistryError):
    """Time-out, refused connection, or an error on the side of S3."""

    answer = ErrorAnswer(503, "registry_unreachable", "The model's registry does not answer.")


class RegistryNotFound(RegistryError):
    """The bucket or the directory does not exist."""

    answer = ErrorAnswer(503, "registry_not_found", "The model's registry does not exist.")


class RegistryAccessDenied(RegistryError):
    """The function's role, or the file's mode, does not let it read."""

    answer = ErrorAnswer(503, "registry_access_denied", "The model's registry may not be read.")


class AliasError(ModelUnavailable):
    """The alias does not say which version to serve."""


class AliasNotSet(AliasError):
    """Nothing was ever promoted under this alias."""

    answer = ErrorAnswer(503, "alias_not_set", "No model has been promoted yet.")


class InvalidAlias(AliasError):
    """The alias file is not one that this code can read."""

    answer = ErrorAnswer(503, "invalid_alias", "The alias that names the model cannot be read.")


class ManifestError(ModelUnavailable):
    """The version's manifest cannot be trusted or understood."""


class ManifestMissing(ManifestError):
    """The version has no manifest: it was never published, or not to the end."""

    answer = ErrorAnswer(503, "manifest_missing", "The model has no manifest.")


class ManifestMismatch(ManifestError):
    """The manifest is not the one that was asked for: another digest, or another version."""

    answer = ErrorAnswer(503, "manifest_mismatch", "The model's manifest is not the one promoted.")


class InvalidManifest(ManifestError):
    """The manifest's JSON lacks a field, or holds one of the wrong type."""

    answer = ErrorAnswer(503, "invalid_manifest", "The model's manifest cannot be read.")


class UnknownManifestFormat(ManifestError):
    """The manifest was written by a later release of this project."""

    answer = ErrorAnswer(503, "unknown_manifest_format", "The model's manifest is too new.")


class ArtifactError(ModelUnavailable):
    """The model's bytes cannot be trusted or understood."""


class ArtifactMissing(ArtifactError):
    """The manifest names a file that is not there."""

    answer = ErrorAnswer(503, "artifact_missing", "The model's artifact is missing.")


class ArtifactSizeMismatch(ArtifactError):
    """The artifact has another length than its manifest says."""

    answer = ErrorAnswer(503, "artifact_size_mismatch", "The model's artifact was refused.")


class ArtifactDigestMismatch(ArtifactError):
    """The artifact's bytes are not the ones that were published."""

    answer = ErrorAnswer(503, "artifact_digest_mismatch", "The model's artifact was refused.")


class UnloadableArtifact(ArtifactError):
    """The verified bytes could not be turned into an estimator."""

    answer = ErrorAnswer(503, "unloadable_artifact", "The model cannot be loaded.")


class RuntimeMismatch(ModelUnavailable):
    """The model was made under library versions that this runtime does not have."""

    answer = ErrorAnswer(503, "runtime_mismatch", "The model needs other library versions.")


class SelfTestFailed(ModelUnavailable):
    """The loaded model does not repeat the example of its manifest."""

    answer = ErrorAnswer(503, "self_test_failed", "The model does not repeat its own example.")
