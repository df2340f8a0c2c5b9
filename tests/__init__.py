"""unit/ mirrors the modules, integration/ has moto and real sockets, e2e/ has SAM, Docker and a deployed stack."""

import os

# Before NumPy is imported. Threads of one fit that wait for those of another took most of the time of the unit tests.
for _library in ("OMP", "OPENBLAS"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
