"""Makes of a user's own modules the archive that travels with a version: the same modules give the same bytes.

Modules alone travel. A data file would need a place on disk, which Lambda's code does not get from here.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from handler.engines.own_code.sources import INIT, MOST_MODULES, SUFFIX, module_named, sources_in
from handler.errors.model import UnloadableArtifact
from handler.registry.chain import MOST_CODE_BYTES
from handler.registry.manifest import ArtifactFile, sha256
from training.code.imports import require_available
from training.code.names import require_free
from training.errors import UnpackableArtifact

CODE_FILE = "code.zip"

_DATE = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = (".pyc", ".pyi", ".typed")


def code_archive(paths: Sequence[Path]) -> bytes:
    """The archive of the modules in `paths`; nothing of them is run.

    A file is a module, a folder with an `__init__.py` a package, any other folder one whose modules and packages are
    taken. Raises UnpackableArtifact, with what to change, also where one of them could not be imported on Lambda.
    """
    files: dict[str, bytes] = {}
    for path in paths:
        for name, file in _files_of(path):
            if name in files:
                raise UnpackableArtifact(f"{name} is given twice with --code: give it once.")
            files[name] = _read(file)
            if len(files) > MOST_MODULES or sum(map(len, files.values())) > MOST_CODE_BYTES:
                raise _too_large()
    if not files:
        raise UnpackableArtifact(f"{', '.join(map(str, paths))} has no {SUFFIX} file: give the module of the model.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # Unix, wherever this runs
            archive.writestr(entry, files[name])
    data = packed.getvalue()
    if len(data) > MOST_CODE_BYTES:
        raise _too_large()
    require_sound_code(data)
    return data


def require_sound_code(archive: bytes) -> frozenset[str]:
    """The top-level names of the modules in `archive`; raises UnpackableArtifact where Lambda could not import one."""
    try:
        sources = sources_in(archive)
    except UnloadableArtifact as error:
        raise UnpackableArtifact(str(error)) from error
    require_free(sources)
    require_available(sources)
    return frozenset(name.partition(".")[0] for name in sources)


def code_file(archive: bytes) -> ArtifactFile:
    """The entry of a manifest for `archive`."""
    return ArtifactFile(CODE_FILE, len(archive), sha256(archive))


def _files_of(path: Path) -> Iterator[tuple[str, Path]]:
    """Each module with its path in the archive."""
    whole = path.resolve()
    if whole.is_file():
        if path.suffix != SUFFIX or path.stem == INIT:
            what = "the folder of a package, not its __init__.py" if path.stem == INIT else f"a {SUFFIX} file"
            raise UnpackableArtifact(f"{path} cannot be a module: give {what}, or a folder, with --code.")
        yield _named(path.name), path
        return
    is_package = (whole / f"{INIT}{SUFFIX}").is_file()
    yield from _below(whole, whole, f"{whole.name}/" if is_package else "", is_package)


def _below(folder: Path, top: Path, prefix: str, is_package: bool) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__" or path.suffix in _LEFT_OUT:
            continue
        if path.is_symlink() and (path.is_dir() or not path.resolve().is_relative_to(top)):
            raise UnpackableArtifact(f"{path} is a link that leaves its folder, or to a folder: put a copy there.")
        if path.is_dir():
            inside = list(_below(path, top, f"{prefix}{path.name}/", True))
            if inside and not (path / f"{INIT}{SUFFIX}").is_file():
                raise UnpackableArtifact(f"{path} has modules but no __init__.py: add one, which may be empty.")
            yield from inside
        elif path.suffix == SUFFIX and path.is_file():
            if path.stem != INIT or is_package:
                yield _named(f"{prefix}{path.name}"), path
        else:
            raise UnpackableArtifact(
                f"{path} is no {SUFFIX} file, and modules alone travel with a model: write what it holds into a module "
                "as a constant, or into an attribute of the fitted object; or give the modules one by one with --code."
            )


def _named(name: str) -> str:
    """A module's path in the archive; raises UnpackableArtifact where it has none."""
    if module_named(name) is None:
        raise UnpackableArtifact(
            f"{name} has a name that Python cannot import: rename it to letters, digits and _, fit with it under that "
            "name, and dump again."
        )
    return name


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_CODE_BYTES:
            raise _too_large()
        return file.read_bytes()
    except OSError as error:
        raise UnpackableArtifact(f"{file} cannot be read ({error.strerror}): let it be readable.") from error


def _too_large() -> UnpackableArtifact:
    return UnpackableArtifact(
        f"The modules are more than {MOST_MODULES} files or {MOST_CODE_BYTES // 1024**2} MB, which each cold start "
        "would read: give those alone that the model imports, and keep data in attributes of the fitted object."
    )
