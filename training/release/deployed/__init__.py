"""The functions that are deployed, as the registry has them on record, and which versions they could serve."""
