"""Gets the model that an alias names: the walk along the chain of trust, and whether it has to be walked again.

`handler.serving.holder` calls it, in the init phase and at every refresh. It keeps nothing: what is held is passed in
and given back.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handler.engines.choice import form_for
from handler.errors.model import AliasNotSet
from handler.registry.alias import Alias
from handler.registry.chain import (
    REPORT_FILE,
    VerifiedArtifact,
    alias_key,
    checked_alias,
    read_artifact,
    read_manifest,
    version_key,
)
from handler.registry.store import Blob, NotModified, Store
from handler.serving.artifact_cache import ArtifactCache

if TYPE_CHECKING:
    from handler.serving.predictor import Predictor


@dataclass(frozen=True)
class ServedModel:
    """A proved predictor, with what the alias said when it was asked: its tag and the digest of the manifest.

    `beside` is another model that is loaded too, for the case that the alias went back to it.
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
class Found:
    """What the alias names, read and verified but not loaded."""

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

    def report(self, version: str) -> bytes | None:
        """The report that was published with `version`, if one was; raises a RegistryError. Nothing vouches for it."""
        blob = self.store.get(version_key(version, REPORT_FILE))
        return blob.data if blob else None

    def load(self, held: ServedModel | None = None) -> ServedModel:
        """What the alias names now; `held` itself where that has not changed. Raises ModelUnavailable.

        Asking costs one conditional GET where nothing has changed; the rest is read only for a version that is neither
        `held` nor beside it.
        """
        if held is None:
            return self.find().loaded()
        asked = self.store.get_unless(alias_key(self.alias_name), held.alias_etag)
        if isinstance(asked, NotModified):
            return held
        blob, alias = self._checked(asked)
        for known in (held, held.beside):
            if known is not None and known.is_named_by(alias):
                return replace(known, alias_etag=blob.etag)
        return self._read(blob, alias).loaded()

    def find(self) -> Found:
        """What the alias names now, read and verified but not loaded; raises ModelUnavailable."""
        return self._read(*self._checked(self.store.get(alias_key(self.alias_name))))

    def _checked(self, blob: Blob | None) -> tuple[Blob, Alias]:
        if blob is None:
            raise AliasNotSet(
                f"No version serves as {self.alias_name!r} in {self.store.uri}: publish one, then promote it."
            )
        return blob, checked_alias(blob.data)

    def _read(self, blob: Blob, alias: Alias) -> Found:
        manifest = read_manifest(self.store, alias.version, alias.manifest_sha256)
        read = self.cache.read if self.cache else read_artifact
        return Found(read(self.store, manifest, form_for(manifest)), blob.etag, alias.manifest_sha256)
