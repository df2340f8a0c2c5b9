"""The registries that the integration tests have too: in a directory, and on S3 on a real socket."""

from tests.integration.conftest import bucket, model_uri, nothing_kept, s3_url, served_uri, unpicklings

__all__ = ["bucket", "model_uri", "nothing_kept", "s3_url", "served_uri", "unpicklings"]
