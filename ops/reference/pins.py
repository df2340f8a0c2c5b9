"""The versions under which a model must have been fitted: those that the function has, and how to install them."""

from handler.engines.shipped import LIBRARIES
from ops.reference.markdown import code, table
from training.release.shipped import shipped_versions


def pins() -> str:
    """The versions of scikit-learn's engine, which of yours will do, and the command that installs them."""
    shipped = shipped_versions()
    rows, wanted = [], []
    for library in LIBRARIES["scikit-learn"]:
        version = shipped[library.name]
        parts = ".".join(version.split(".")[: library.compared])
        fits = f"{version} exactly" if library.compared is None else f"any {parts}"
        wanted.append(f'"{library.name}=={version if library.compared is None else f"{parts}.*"}"')
        rows.append((code(library.name), version, fits))
    install = code(f"pip install {' '.join(wanted)}")
    return (
        f"{table(('library', 'the function has', 'you need'), rows)}\n\n"
        f"To install them where you fit your models: {install}."
    )
