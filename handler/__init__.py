"""Everything that runs in Lambda, and nothing else.

The package answers predictions from a model that it fetched from a registry, verified and loaded.
`training` imports its contract (manifest, alias, store, errors, how a model is loaded and asked);
nothing here imports `training`. Start reading at `handler.app`.
"""
