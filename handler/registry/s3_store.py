"""A registry on S3, as the function reads it: by obstore, whose import and client take a fraction of an SDK's time.

What AWS's SDKs do beside it (endpoints, credentials, certificates, errors) is in `handler.registry.s3`. Each file is
read with a client of its own, so that a freeze or a snapshot leaves nothing to go wrong. A workstation reads by boto3
(`training.release.stores.s3_store`), which knows profiles and SSO. A process that forks must not use this: the threads
that obstore starts at its first request are missing in the child, which waits for them forever.
"""

import os
import random
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotModifiedError, PreconditionError

from handler.errors.model import RegistryError, RegistryUnreachable
from handler.registry.s3.client import ATTEMPTS, make_client
from handler.registry.s3.credentials import credentials_for
from handler.registry.s3.endpoint import endpoint_for
from handler.registry.s3.place import S3Place
from handler.registry.store import PART_BYTES, Blob, NotModified

if TYPE_CHECKING:
    from obstore import GetOptions

RANGE_BYTES = PART_BYTES // 8
AHEAD = 3
"""A large file is read in ranges, three of them ahead of the one that is being used: one connection to S3 gives 85 to
90 MB/s (Amazon S3 User Guide, "Best practices design patterns"). Larger ranges would take more memory than time:
each is there twice for a moment, in obstore's pieces and as a whole."""

ONE_PIECE = 2**62

FIRST_WAIT_SECONDS = 0.2
"""The longest wait before the second attempt, doubled after each; each is drawn from nothing to that (AWS
Architecture Blog, "Exponential Backoff And Jitter")."""


class S3Store(S3Place):
    """One model's root, `prefix`, in `bucket`. `environ` says where S3 is and who asks; it is read at each file."""

    def __init__(self, bucket: str, prefix: str, environ: Mapping[str, str] = os.environ) -> None:
        super().__init__(bucket, prefix)
        self._environ = environ

    def get(self, key: str) -> Blob | None:
        answer = self._ask(key, {})
        return answer.blob() if isinstance(answer, _Answer) else None

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        answer = self._ask(key, {"if_none_match": etag})
        return answer.blob() if isinstance(answer, _Answer) else answer

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        first = self._ask(key, {"range": (0, RANGE_BYTES)})
        return self._rest(key, length, first) if isinstance(first, _Answer) else None

    def _rest(self, key: str, length: int, first: "_Answer") -> Iterator[bytes]:
        """The bytes of `first` and those after them, to one more than `length`."""
        yield first.data
        if len(first.data) >= first.total:
            return
        # Only a large file needs it.
        from handler.registry.s3.ahead import in_order

        end = min(first.total, length + 1)
        starts = range(len(first.data), end, RANGE_BYTES)
        yield from in_order((partial(self._part, key, first, start, end) for start in starts), AHEAD)

    def _part(self, key: str, first: "_Answer", start: int, end: int) -> bytes:
        """The bytes from `start` of the very object that `first` is of, RANGE_BYTES of them, but none after `end`."""
        end = min(start + RANGE_BYTES, end)
        options: GetOptions = {"range": (start, end)}
        if first.etag:
            options["if_match"] = first.etag
        part = self._ask(key, options)
        if not isinstance(part, _Answer) or len(part.data) != end - start:
            raise RegistryUnreachable(f"{self.uri}/{key} went away while it was read: requests try again.")
        return part.data

    def _ask(self, key: str, options: "GetOptions") -> "_Answer | NotModified | None":
        """S3's answer, asked for again where that may help; None where nothing is under `key`. Raises a RegistryError
        or InvalidSettings."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt(key, options)
            except _PassingFailure as failure:
                if attempt == ATTEMPTS:
                    raise failure.error from failure.__cause__
            # Not random.uniform: its state is part of a snapshot, and all that are restored from one would retry alike.
            time.sleep(random.SystemRandom().uniform(0, FIRST_WAIT_SECONDS * 2 ** (attempt - 1)))
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, key: str, options: "GetOptions") -> "_Answer | NotModified | None":
        """S3's answer by a new client; raises _PassingFailure where it is worth another try."""
        place = f"{self.uri}/{key}"
        endpoint = endpoint_for(self.bucket, self._environ)
        try:
            credentials = credentials_for(place, self._environ)
        except RegistryUnreachable as error:
            raise _PassingFailure(error) from error
        client = make_client(self.bucket, endpoint, credentials, self._environ)
        try:
            got = obstore.get(client, f"{self.prefix}/{key}", options=options)
            # In one piece: got.bytes() would hold it three times for a moment.
            data = b"".join(got.stream(min_chunk_size=ONE_PIECE))
            return _Answer(data, got.meta["e_tag"] or "", got.meta["size"])
        except NotModifiedError:
            return NotModified()
        except PreconditionError as error:
            raise RegistryUnreachable(f"{place} was replaced while it was read: requests try again.") from error
        except (BaseError, OSError) as error:
            # Only a request that fails needs it, and a cold start's do not.
            from handler.registry.s3.failures import failure_of

            failure = failure_of(error)
            if failure.is_missing:
                return None
            if failure.code == "InvalidRange":  # nothing lies in the range: an empty object
                return _Answer(b"", "", 0)
            problem = failure.error(place, urlsplit(endpoint.url).netloc, endpoint.region)
            raise (_PassingFailure(problem) if failure.passing else problem) from error


class _Answer(NamedTuple):
    """The bytes that were asked for, the object's tag, and the length of all of it."""

    data: bytes
    etag: str
    total: int

    def blob(self) -> Blob:
        return Blob(self.data, self.etag)


class _PassingFailure(Exception):
    """`error` may be over a moment later."""

    def __init__(self, error: RegistryError) -> None:
        super().__init__(str(error))
        self.error = error
