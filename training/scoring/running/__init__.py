"""How a run goes: the version is verified, chunks are scored by processes here or by a cluster, and parts written."""
