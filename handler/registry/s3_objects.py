"""A model's root on S3 for what reads and writes there by boto3, apart from the requests that are answered.

Lambda's runtime for Python has it (AWS Lambda Developer Guide, "Building Lambda functions with Python",
"Runtime-included SDK versions") and the package does not. obstore, which the function reads by, is for cold starts.
"""

from typing import Any

from handler.errors.model import RegistryError, RegistryUnreachable
from handler.registry.s3.errors import NO_KEY, error_of
from handler.registry.s3.place import S3Place, bucket_and_prefix
from handler.registry.store import Blob

LOST = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
"""Another writer was first (S3 User Guide, "How to prevent object overwrites with conditional writes")."""


class S3Objects(S3Place):
    """One model's root, which `uri` names, by `client`, boto3's of S3. Each method raises a RegistryError."""

    def __init__(self, client: Any, uri: str) -> None:
        """Raises InvalidSettings where `uri` is none of S3."""
        super().__init__(*bucket_and_prefix(uri))
        self._client = client

    def get(self, key: str) -> Blob | None:
        """What is under `key`, or None where nothing is."""
        answer = self._ask("get_object", key)
        return Blob(answer["Body"], answer["ETag"]) if answer is not None else None

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write `data` under `key`, whatever is there."""
        self._ask("put_object", key, Body=data, ContentType=content_type)

    def swap(self, key: str, text: str, etag: str | None) -> bool:
        """Write JSON in the place of what has the tag `etag`, or where nothing is; False where that is no longer so."""
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        written = self._ask("put_object", key, Body=text.encode(), ContentType="application/json", **condition)
        return written is not None

    def _ask(self, call: str, key: str, **more: Any) -> Any:
        """S3's answer; None where nothing is under `key`, or where a condition did not hold."""
        # Whoever has a client has botocore, which the package does not bring.
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = getattr(self._client, call)(Bucket=self.bucket, Key=f"{self.prefix}/{key}", **more)
            return {**answer, "Body": answer["Body"].read()} if "Body" in answer else answer
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in NO_KEY | LOST:
                return None
            raise error_of(code, f"{self.uri}/{key}") or self._unreachable(key, code) from error
        except BotoCoreError as error:
            raise self._unreachable(key, "") from error

    def _unreachable(self, key: str, code: str) -> RegistryError:
        said = f"answered {code}" if code else "gave no answer"
        return RegistryUnreachable(f"S3 {said} for {self.uri}/{key}: it is tried again.")
