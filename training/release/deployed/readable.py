"""Whether a package could serve a version: by the manifest alone, so that nothing is unpickled.

Each function gives the reason why not, the end of a sentence that begins with the version, or None. The form, the
versions and the room are judged as the function itself would.
"""

import json

from handler.engines.package_description import PackageDescription
from handler.engines.shipped import DEFAULT_PACKAGE, LIBRARIES, PACKAGES
from handler.engines.versions import differing_versions
from handler.errors.model import InvalidManifest, UnknownManifestFormat
from handler.registry.manifest import Manifest
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION
from handler.registry.storage import storage_needed

MEGABYTE = 1024 * 1024

DEFAULT_STORAGE_MB = 512
MOST_STORAGE_MB = 10240
"""What a function has in /tmp by default and at most (AWS Lambda Developer Guide, "Configure ephemeral storage for
Lambda functions"). template.yaml's parameter says the same; a test holds the two together."""


def unreadable(manifest_json: bytes, package: PackageDescription) -> str | None:
    """Why a function of `package` could not read the version: its format, its form, its versions. None where it can."""
    written = format_of(manifest_json)
    if written is not None and written not in package.manifest_formats:
        return f"its manifest has format {written}, and the package reads {numbers(package.manifest_formats)}"
    try:
        manifest = Manifest.from_json(manifest_json)
    except UnknownManifestFormat:
        return (
            f"its manifest has format {written}, which the package reads, but this checkout reads only formats up to "
            f"{MANIFEST_FORMAT_VERSION}: run this from the commit that the package was built from"
        )
    except InvalidManifest as error:
        return f"its manifest is not sound: {str(error).rstrip('.')}"
    form = _form_for(manifest, package)
    if form is None:
        forms, loads = ", ".join(sorted(manifest.forms)), ", ".join(sorted(package.engines)) or "none"
        return f"it has the model as {forms}, and the package loads {loads}"
    engine = package.engines[form]
    if engine.name not in LIBRARIES:
        return (
            f"the engine {engine.name} would load it, which this checkout does not know: run this from a newer commit"
        )
    differing = differing_versions(manifest.runtime, engine.versions, engine.name)
    differences = [f"{name} {made} (the package has {there})" for name, (made, there) in differing.items()]
    return f"it was made under {', '.join(differences)}" if differences else None


def other_engine(manifest_json: bytes, package: PackageDescription) -> str | None:
    """What to do where a function of another engine could serve the version, and one of `package` could not for want of
    a form of the model; None where that is not what is wrong. One sentence or several, each whole."""
    try:
        manifest = Manifest.from_json(manifest_json)
    except (InvalidManifest, UnknownManifestFormat):
        return None
    engine = next((engine for engine, form in PACKAGES.items() if form in manifest.forms), None)
    if engine is None or _form_for(manifest, package) or format_of(manifest_json) not in package.manifest_formats:
        return None
    deploy = f"deploy a function with Engine={engine}, which can serve the version as it is."
    if PACKAGES[DEFAULT_PACKAGE] not in manifest.forms:
        return f"A model that came as ONNX has no other form: {deploy}"
    return f"Train or package the model again, for a version with a twin where the model can have one; or {deploy}"


def too_large(manifest_json: bytes, package: PackageDescription, storage_mb: int) -> str | None:
    """Why a function with `storage_mb` in /tmp has no room for a version that `package` can read; None where it has.

    The text says what to deploy instead.
    """
    manifest = Manifest.from_json(manifest_json)
    form = _form_for(manifest, package)
    least = -(-storage_needed(manifest.artifacts[form].bytes if form else 0) // MEGABYTE)
    if least <= storage_mb:
        return None
    what_to_do = (
        f"deploy with EphemeralStorage={least} or more"
        if least <= MOST_STORAGE_MB
        else f"Lambda gives {MOST_STORAGE_MB} MB at most, so train a smaller model"
    )
    return f"it needs {least} MB in /tmp, and the function has {storage_mb} MB: {what_to_do}"


def format_of(document_json: bytes) -> int | None:
    """The format that a JSON document says it has; None where it says none."""
    try:
        document = json.loads(document_json)
    except (ValueError, RecursionError):
        return None
    written = document.get("format_version") if isinstance(document, dict) else None
    return written if type(written) is int else None


def numbers(formats: tuple[int, ...]) -> str:
    """The formats, for a sentence."""
    return f"{'format' if len(formats) == 1 else 'formats'} {', '.join(map(str, formats)) or 'none'}"


def _form_for(manifest: Manifest, package: PackageDescription) -> str | None:
    return next((form for form in package.engines if form in manifest.artifacts), None)
