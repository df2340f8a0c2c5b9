"""Everything that runs in Lambda, and nothing else: it answers predictions from a model that it fetched and verified.

Start reading at `handler.app`. `training` and `ops` may import from here; nothing here imports either.
"""
