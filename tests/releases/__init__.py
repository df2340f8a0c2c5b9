"""Releases with their proofs: promote, roll back, prune; by several writers at once, killed half-way, refused by S3.

`make test-releases` runs them. Each proof is a process of its own, so they take minutes, which `make check` has not.
"""
