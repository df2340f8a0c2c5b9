"""Faults injected for real, `make test-faults`: minutes, not seconds, so they are no part of `make test`."""
