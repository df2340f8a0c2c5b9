"""A Dask scheduler with two worker processes on the loopback address, until standard input ends.

python -m bench.ways.here.dask_cluster FILE      (FILE gets the scheduler's address once it can be asked)
"""

import sys
from pathlib import Path

from distributed import LocalCluster


def main(file: Path) -> None:
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)  # type: ignore[no-untyped-call] # it has no types
    with cluster:
        written = file.with_suffix(".new")
        written.write_text(cluster.scheduler_address)
        written.rename(file)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
