"""Every way in which serving a model can fail, one class each.

The classes know no HTTP: one table in `handler.errors.answers` gives each its status and code, and a test walks this
tree and fails on a class that the table leaves out. `training.errors` adds what only writing can meet.

    SklearnOnLambdaError
    ├── RequestError                     the caller can mend it
    │   ├── UnsupportedEvent             not an HTTP event of API Gateway or a function URL
    │   ├── UnknownPath
    │   ├── WrongMethod
    │   ├── UnsupportedMediaType
    │   ├── UndecodableBody              wrong base64, damaged gzip, not UTF-8
    │   ├── InvalidJson                  not JSON, or NaN, Infinity, 1e999 in it
    │   ├── InvalidBody                  JSON of another form than ours
    │   ├── TooManyRows
    │   ├── RequestTooLarge
    │   ├── ResponseTooLarge
    │   └── RefusedRows                  well-formed, and its problems say which rows are at fault
    │       ├── InvalidFeatures          not rows of this model
    │       ├── RefusedByModel           rows that the estimator raises on
    │       ├── NoFiniteAnswer           rows so extreme that the model's arithmetic overflows
    │       └── NoClass                  rows to which the model gives none of its classes
    └── ModelUnavailable                 the operator can mend it
        ├── InvalidSettings
        ├── RegistryError
        │   ├── RegistryUnreachable
        │   ├── RegistryNotFound         no such bucket or directory
        │   └── RegistryAccessDenied
        ├── AliasError
        │   ├── AliasNotSet
        │   └── InvalidAlias
        ├── ManifestError
        │   ├── ManifestMissing
        │   ├── ManifestMismatch         not the bytes that the alias names
        │   ├── InvalidManifest
        │   └── UnknownManifestFormat
        ├── ArtifactError
        │   ├── ArtifactMissing
        │   ├── ArtifactSizeMismatch
        │   ├── ArtifactDigestMismatch
        │   └── UnloadableArtifact
        ├── RuntimeMismatch              made under other library versions
        └── SelfTestFailed               does not repeat its own example
"""

from dataclasses import dataclass


class SklearnOnLambdaError(Exception):
    """The base of every error that this project raises on purpose. Its text is for a person."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value of a request.

    `row` counts from 0 within the request; `feature` is None where the whole row is at fault.
    """

    row: int
    feature: str | None
    problem: str


class RequestError(SklearnOnLambdaError):
    """The request cannot be answered as it stands; its sender can change it."""


class UnsupportedEvent(RequestError):
    """The function was invoked with something else than an HTTP event."""


class UnknownPath(RequestError):
    """No route has this path."""


class WrongMethod(RequestError):
    """The path exists, under other methods, which `allowed` lists."""

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class UnsupportedMediaType(RequestError):
    """The headers say that the body is not JSON, or packed in a way that is not taken."""


class UndecodableBody(RequestError):
    """The body is not the base64, the gzip or the UTF-8 that it should be."""


class InvalidJson(RequestError):
    """The body is not strict JSON, or holds a number that no 64-bit float can hold."""


class InvalidBody(RequestError):
    """The body is JSON, but neither one row nor a batch of rows."""


class TooManyRows(RequestError):
    """The batch has more rows than MAX_ROWS."""


class RequestTooLarge(RequestError):
    """The body is larger than Lambda takes."""


class ResponseTooLarge(RequestError):
    """The answer would be larger than Lambda returns; fewer rows fit."""


class RefusedRows(RequestError):
    """Some rows cannot be answered. `problems` says which, up to a bound."""

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self.problems = problems


class InvalidFeatures(RefusedRows):
    """The rows are not rows of this model."""


class RefusedByModel(RefusedRows):
    """The rows fit the contract, and the estimator raises on them."""


class NoFiniteAnswer(RefusedRows):
    """The model's answer to these rows, or what it computes on the way to it, is NaN or infinite."""


class NoClass(RefusedRows):
    """The estimator answers these rows with a label that is none of its classes, as for an outlier."""


class ModelUnavailable(SklearnOnLambdaError):
    """No model can be served. The text is for the log; clients are told the reason's code alone."""


class InvalidSettings(ModelUnavailable):
    """An environment variable is missing or cannot be what it says."""


class RegistryError(ModelUnavailable):
    """The place where models are kept does not answer as it should."""


class RegistryUnreachable(RegistryError):
    """Time-out, refused connection, or an error on the side of S3."""


class RegistryNotFound(RegistryError):
    """The bucket or the directory does not exist."""


class RegistryAccessDenied(RegistryError):
    """The function's role, or the file's mode, does not let it read."""


class AliasError(ModelUnavailable):
    """The alias does not say which version to serve."""


class AliasNotSet(AliasError):
    """Nothing was ever promoted under this alias."""


class InvalidAlias(AliasError):
    """The alias file is not one that this code can read."""


class ManifestError(ModelUnavailable):
    """The version's manifest cannot be trusted or understood."""


class ManifestMissing(ManifestError):
    """The version has no manifest: it was never published, or not to the end."""


class ManifestMismatch(ManifestError):
    """The manifest is not the one that was asked for: another digest, or another version."""


class InvalidManifest(ManifestError):
    """The manifest's JSON lacks a field, or holds one of the wrong type."""


class UnknownManifestFormat(ManifestError):
    """The manifest was written by a later release of this project."""


class ArtifactError(ModelUnavailable):
    """The model's bytes cannot be trusted or understood."""


class ArtifactMissing(ArtifactError):
    """The manifest names a file that is not there."""


class ArtifactSizeMismatch(ArtifactError):
    """The artifact has another length than its manifest says."""


class ArtifactDigestMismatch(ArtifactError):
    """The artifact's bytes are not the ones that were published."""


class UnloadableArtifact(ArtifactError):
    """The verified bytes could not be turned into an estimator."""


class RuntimeMismatch(ModelUnavailable):
    """The model was made under library versions that this runtime does not have."""


class SelfTestFailed(ModelUnavailable):
    """The loaded model does not repeat the example of its manifest."""
