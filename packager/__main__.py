"""The command: `python -m packager --out DIR --architecture x86_64|arm64`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - `sam build` takes whatever python3 is first on PATH
    sys.exit("Building the package needs Python 3.11 or later: `make install` first, or set PYTHON to one.")

# isort: split

import argparse
from pathlib import Path

from handler.engines.shipped import DEFAULT_PACKAGE, PACKAGES
from packager.build import Package, build
from packager.errors import PackagerError
from packager.target import architectures, load_target
from packager.tree import UNZIPPED_LIMIT_BYTES


def summary(package: Package) -> str:
    """What was built, for a person."""
    return (
        f"{package.target.architecture}: {package.size:,} bytes unzipped of {UNZIPPED_LIMIT_BYTES:,}, "
        f"headroom {package.headroom:,} ({package.headroom / UNZIPPED_LIMIT_BYTES:.0%}), "
        f"digest {package.digest[:16]}"
    )


def main() -> int:
    """Build as the command line says; 0, or 1 where it failed."""
    parser = argparse.ArgumentParser(prog="python -m packager", description="Build the Lambda package.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="an empty folder, or a new one")
    parser.add_argument("--architecture", choices=architectures(), required=True)
    parser.add_argument("--engine", choices=sorted(PACKAGES), default=DEFAULT_PACKAGE, help="what loads models in it")
    arguments = parser.parse_args()
    try:
        package = build(arguments.out, load_target(arguments.architecture), package=arguments.engine)
    except PackagerError as error:
        print(error, file=sys.stderr)
        return 1
    print(summary(package))
    return 0


if __name__ == "__main__":
    sys.exit(main())
