"""Every claim, in the order in which they are tried: those that change the stack come last, `life` after all others."""

from typing import Final

from ops.prove.claims import life
from ops.prove.claims.claim import Claim
from ops.prove.claims.function import arm64, cold_start, logs, metrics, snapstart, traces
from ops.prove.claims.gateway import api_key, cors, quota, sizes, throttling
from ops.prove.claims.storage import bucket_policy, bucket_settings, missing_key, plain_http, rights

CLAIMS: Final[tuple[Claim, ...]] = (
    bucket_settings.CLAIM,
    bucket_policy.CLAIM,
    api_key.CLAIM,
    missing_key.CLAIM,
    rights.CLAIM,
    plain_http.CLAIM,
    cors.CLAIM,
    sizes.CLAIM,
    throttling.CLAIM,
    quota.CLAIM,
    logs.CLAIM,
    traces.CLAIM,
    metrics.CLAIM,
    cold_start.X86_64,
    snapstart.CLAIM,
    arm64.CLAIM,
    cold_start.ARM64,
    life.CLAIM,
)

NOT_COVERED: Final[dict[str, str]] = {
    "Training on AWS Batch and SageMaker": "needs a container image in ECR, a network and quotas of the account.",
    "The GitHub workflows with OIDC": "needs a repository and a role that trusts it.",
    "A custom domain with a base path": "needs a domain and a certificate.",
    "Memory for large models": "docs/memory.md measures it on this project's own machines; models of 262 MB would cost "
    "minutes and gigabytes here.",
    "Freezes of hours between requests": "would take hours; `make test-transport` freezes processes instead.",
    "Faults of S3 itself": "cannot be ordered; `make test-faults` makes them.",
    "A time-out of the gateway (504) and of the function": "needs a function that hangs, which this project has not.",
}
"""What else only AWS can show, and why this does not try it."""


def chosen(names: str) -> tuple[Claim, ...]:
    """The claims of these names, separated by commas, in their order; all where none is given. Raises ValueError."""
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    unknown = wanted - {claim.name for claim in CLAIMS}
    if unknown:
        known = ", ".join(claim.name for claim in CLAIMS)
        raise ValueError(f"There is no claim {', '.join(sorted(unknown))}; there are {known}.")
    return tuple(claim for claim in CLAIMS if not wanted or claim.name in wanted)
