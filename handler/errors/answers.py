"""How each error is told over HTTP: the table from an error's class to a status, a code and a sentence.

`handler.app` answers with it, and `handler.errors` knows nothing of it. A test walks the tree of errors and fails on
a class without a line here. The README lists the codes, and a test holds the two together.
"""

from dataclasses import dataclass

from handler import errors


@dataclass(frozen=True)
class ErrorAnswer:
    """`status`, a `code` for programs, and the `sentence` for a person.

    None stands for the error's own text. Every 5xx has a fixed sentence: what went wrong on our side is for the log.
    """

    status: int
    code: str
    sentence: str | None = None


INTERNAL_ERROR = ErrorAnswer(500, "internal_error", "The service failed. The request id leads to its log.")

ANSWERS: dict[type[errors.SklearnOnLambdaError], ErrorAnswer] = {
    errors.UnsupportedEvent: ErrorAnswer(400, "unsupported_event"),
    errors.UndecodableBody: ErrorAnswer(400, "undecodable_body"),
    errors.InvalidJson: ErrorAnswer(400, "invalid_json"),
    errors.InvalidBody: ErrorAnswer(400, "invalid_body"),
    errors.UnknownPath: ErrorAnswer(404, "unknown_path"),
    errors.WrongMethod: ErrorAnswer(405, "wrong_method"),
    errors.TooManyRows: ErrorAnswer(413, "too_many_rows"),
    errors.RequestTooLarge: ErrorAnswer(413, "request_too_large"),
    errors.ResponseTooLarge: ErrorAnswer(413, "response_too_large"),
    errors.UnsupportedMediaType: ErrorAnswer(415, "unsupported_media_type"),
    errors.InvalidFeatures: ErrorAnswer(422, "invalid_features"),
    errors.RefusedByModel: ErrorAnswer(422, "refused_by_model"),
    errors.NoFiniteAnswer: ErrorAnswer(422, "no_finite_answer"),
    errors.NoClass: ErrorAnswer(422, "no_class"),
    errors.InvalidSettings: ErrorAnswer(503, "invalid_settings", "The service is not set up to serve a model."),
    errors.RegistryUnreachable: ErrorAnswer(503, "registry_unreachable", "The model's registry does not answer."),
    errors.RegistryNotFound: ErrorAnswer(503, "registry_not_found", "The model's registry does not exist."),
    errors.RegistryAccessDenied: ErrorAnswer(503, "registry_access_denied", "The model's registry may not be read."),
    errors.AliasNotSet: ErrorAnswer(503, "alias_not_set", "No model has been promoted yet."),
    errors.InvalidAlias: ErrorAnswer(503, "invalid_alias", "The alias that names the model cannot be read."),
    errors.ManifestMissing: ErrorAnswer(503, "manifest_missing", "The model has no manifest."),
    errors.ManifestMismatch: ErrorAnswer(503, "manifest_mismatch", "The model's manifest is not the one promoted."),
    errors.InvalidManifest: ErrorAnswer(503, "invalid_manifest", "The model's manifest cannot be read."),
    errors.UnknownManifestFormat: ErrorAnswer(503, "unknown_manifest_format", "The model's manifest is too new."),
    errors.ArtifactMissing: ErrorAnswer(503, "artifact_missing", "The model's artifact is missing."),
    errors.ArtifactSizeMismatch: ErrorAnswer(503, "artifact_size_mismatch", "The model's artifact was refused."),
    errors.ArtifactDigestMismatch: ErrorAnswer(503, "artifact_digest_mismatch", "The model's artifact was refused."),
    errors.UnloadableArtifact: ErrorAnswer(503, "unloadable_artifact", "The model cannot be loaded."),
    errors.RuntimeMismatch: ErrorAnswer(503, "runtime_mismatch", "The model needs other library versions."),
    errors.SelfTestFailed: ErrorAnswer(503, "self_test_failed", "The model does not repeat its own example."),
}


def answer_for(error: Exception) -> ErrorAnswer:
    """The answer of the error's class; whatever is not one of ours is a bug of ours."""
    if isinstance(error, errors.SklearnOnLambdaError):
        return ANSWERS.get(type(error), INTERNAL_ERROR)
    return INTERNAL_ERROR
