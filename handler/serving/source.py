"""Which model serves: what the alias names, read along the chain of trust, verified and loaded.

Nothing is kept here: what is held is passed in and given back. When the alias is asked is decided elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handler.registry.alias import Alias
from handler.registry.chain import (
    REPORT_FILE,
    VerifiedArtifact,
    alias_in,
    alias_key,
    read_artifact,
    read_manifest,
    version_key,
)
from handler.registry.store import NotModified, Store
from handler.serving.artifact_cache import ArtifactCache
from handler.serving.engine_choice import form_for
from handler.serving.future import Future

if TYPE_CHECKING:
    from handler.serving.predictor import Predictor


@dataclass(frozen=True)
class ServedModel:
    """A proved predictor, with what the alias said when it was asked: its tag and the digest of the manifest.

    `beside` is another model that is loaded too, in case the alias went back to it.
    """

    predictor: "Predictor"
    alias_etag: str
    manifest_sha256: str
    beside: "ServedModel | None" = None

    @property
    def version(self) -> str:
        return self.predictor.manifest.version

    def is_named_by(self, alias: Alias) -> bool:
        """Whether the alias names this very version and manifest."""
        return (alias.version, alias.manifest_sha256) == (self.version, self.manifest_sha256)


@dataclass(frozen=True)
class VerifiedModel:
    """What the alias named when it was asked, read and verified but not loaded."""

    artifact: VerifiedArtifact
    alias_etag: str
    manifest_sha256: str

    def loaded(self) -> ServedModel:
        """The model of these bytes; raises what `load_predictor` raises."""
        # Brings scikit-learn, and the init phase reads the bytes before that.
        from handler.serving.predictor import load_predictor

        return ServedModel(load_predictor(self.artifact), self.alias_etag, self.manifest_sha256)


@dataclass(frozen=True)
class ModelSource:
    """Where the model comes from: a registry, an alias in it, and what keeps artifacts in between, if anything does."""

    store: Store
    alias_name: str
    cache: ArtifactCache | None

    def load(self, held: ServedModel | None = None) -> ServedModel:
        """What the alias names now; `held` itself where that has not changed. Raises ModelUnavailable.

        Asking costs one conditional GET where nothing has changed; the rest is read only for a version that is neither
        `held` nor beside it.
        """
        if held is None:
            return self.read().loaded()
        answer = self.store.get_unless(alias_key(self.alias_name), held.alias_etag)
        if isinstance(answer, NotModified):
            return held
        alias, etag = alias_in(answer, self.store, self.alias_name)
        for known in (held, held.beside):
            if known is not None and known.is_named_by(alias):
                return replace(known, alias_etag=etag)
        return self._verified(alias, etag).loaded()

    def read(self) -> VerifiedModel:
        """What the alias names now, read and verified but not loaded; raises ModelUnavailable."""
        answer = self.store.get(alias_key(self.alias_name))
        return self._verified(*alias_in(answer, self.store, self.alias_name))

    def read_ahead(self) -> Callable[[], ServedModel]:
        """Begin to read in a thread; what this returns is to be called once, and loads what was read or raises why not.

        On one core a thread hides no work, but it does hide waiting. A registry is asked three times, one after the
        other (alias, manifest, artifact), and the import of scikit-learn, half a second of work, fits beside that:
        docs/cold-start.md has the figures. It is for Lambda's init phase alone: Lambda may freeze the environment after
        it, and no request may take what was read before.
        """
        reading = Future(self.read, "read-ahead")
        return lambda: reading.result().loaded()

    def report(self, version: str) -> bytes | None:
        """The report that was published with `version`, if one was; raises a RegistryError. Nothing vouches for it."""
        blob = self.store.get(version_key(version, REPORT_FILE))
        return blob.data if blob else None

    def pinned(self, version: str, manifest_sha256: str) -> VerifiedArtifact:
        """This very version, whatever the alias names, read and verified but not loaded; raises ModelUnavailable."""
        manifest = read_manifest(self.store, version, manifest_sha256)
        read = self.cache.read if self.cache else read_artifact
        return read(self.store, manifest, form_for(manifest))

    def _verified(self, alias: Alias, etag: str) -> VerifiedModel:
        return VerifiedModel(self.pinned(alias.version, alias.manifest_sha256), etag, alias.manifest_sha256)
