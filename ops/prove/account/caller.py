"""Who runs this, and where: the account that everything is made in, with the caller's own credentials.

The project's other commands never see the AWS account of whoever runs them. Here it is meant, so it is passed on
explicitly.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ops.prove.account import bounds
from training.account import NO_REGION

CONFIG = Config(connect_timeout=10, read_timeout=70, retries={"mode": "standard", "total_max_attempts": 4})

AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


class NoAccount(Exception):
    """There are no credentials or no region; the message says what to do."""


@dataclass(frozen=True)
class Temporary:
    """Credentials of a role that was assumed, for an hour."""

    access_key: str
    secret_key: str
    token: str


@dataclass(frozen=True)
class Caller:
    """The caller's identity, the region, and the endpoint where it is not AWS."""

    account: str
    arn: str
    region: str
    endpoint: str | None

    @property
    def is_aws(self) -> bool:
        return self.endpoint is None

    @property
    def partition(self) -> str:
        return self.arn.split(":")[1]

    @property
    def certificate(self) -> Path | None:
        """The certificates to trust, where the caller names them."""
        named = os.environ.get("AWS_CA_BUNDLE")
        return Path(named) if named else None

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(region_name=self.region)

    def client(self, service: str, role: Temporary | None = None, **options: Any) -> Any:
        """A boto3 client of `service`, for the caller or for a role. Any: the stubs choose a type by a literal name."""
        session = self._session
        if role is not None:
            session = boto3.Session(role.access_key, role.secret_key, role.token, region_name=self.region)
        return session.client(service, config=CONFIG, **options)  # type: ignore[call-overload]  # as above

    def environment(self) -> dict[str, str]:
        """What makes the project's commands, `sam` among them, use this account and region."""
        own = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        place = {"AWS_DEFAULT_REGION": self.region, "AWS_REGION": self.region}
        # SAM asks every half second by default, which CloudFormation throttles in a busy account.
        poll = {"SAM_CLI_POLL_DELAY": "5" if self.is_aws else "0.3"}
        return {"AWS_EC2_METADATA_DISABLED": "false"} | own | place | poll

    def patience(self, seconds: float) -> float:
        """How long to wait for something that AWS makes true within `seconds`."""
        return seconds if self.is_aws else min(seconds, bounds.STAND_IN_SECONDS)


def endpoint_of(environ: Mapping[str, str]) -> str | None:
    """The endpoint that is not AWS, if one is given."""
    return environ.get("AWS_ENDPOINT_URL") or None


def region_of() -> str | None:
    """The region as boto3 finds it, in the environment or in the profile. Asks nobody."""
    return boto3.Session().region_name


def caller() -> Caller:
    """The caller, as STS knows it; raises NoAccount."""
    region = region_of()
    if region is None:
        raise NoAccount(NO_REGION)
    try:
        sts = boto3.Session(region_name=region).client("sts", config=CONFIG)
        who = sts.get_caller_identity()
    except ClientError as error:
        code = error.response["Error"].get("Code", "unknown")
        raise NoAccount(f"AWS does not accept the credentials ({code}): sign in again, or choose a profile.") from error
    except BotoCoreError as error:
        raise NoAccount(
            f"AWS cannot be asked who you are ({type(error).__name__}): set AWS_PROFILE, or sign in, and check the "
            "network."
        ) from error
    host = urlsplit(sts.meta.endpoint_url).hostname or ""
    # A profile may name an endpoint too.
    elsewhere = None if host.endswith(AWS_HOSTS) else sts.meta.endpoint_url
    return Caller(who["Account"], who["Arn"], region, endpoint_of(os.environ) or elsewhere)
