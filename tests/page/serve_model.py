"""`python -m tests.page.serve_model MODEL FOLDER PORT`: the model of that name, served from a registry made in FOLDER.

Iris has its report there, the others have none.

The page's tests live in an environment without scikit-learn, and start this one in the main environment.
"""

import sys
from pathlib import Path

from handler.registry.manifest import Manifest
from tests.served_models import write
from training.fit.iris import train_iris
from training.local.serving import run_server
from training.report.page import render_report


def main() -> None:
    """Make the registry, then serve until ended."""
    name, registry, port = sys.argv[1], Path(sys.argv[2]) / "registry", int(sys.argv[3])
    write(name, registry)
    if name == "iris":
        (folder,) = registry.glob("versions/*")
        manifest = Manifest.from_json((folder / "manifest.json").read_bytes())
        (folder / "report.html").write_text(render_report(train_iris(), manifest), encoding="utf-8")
    run_server({"MODEL_URI": str(registry)}, port)


if __name__ == "__main__":
    main()
