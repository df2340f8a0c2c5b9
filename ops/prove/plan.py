"""What a run will do and what it may cost, told before anything is done. It asks nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ops.prove.account import bounds
from ops.prove.account.names import PREFIX
from ops.prove.claims.claim import Claim
from ops.prove.prices import NOTED, PRICES, REGION, USES

AROUND: Mapping[str, float] = {
    "cloudformation:deploy": 2,
    "s3:PutObject": 60,
    "s3:GetObject": 200,
    "s3:ListObjects": 60,
    "s3:storage": 1,
    "execute-api:Invoke": 4 * bounds.POLLS,
}
"""What a run does beside its claims: the first deploy, two versions, waiting until one serves, deleting everything."""
AROUND_SECONDS = 900


@dataclass(frozen=True)
class Plan:
    """The claims that will be tried, and the most calls of each kind."""

    claims: tuple[Claim, ...]

    @property
    def calls(self) -> dict[str, float]:
        total: dict[str, float] = {}
        for calls in (AROUND, *(claim.calls for claim in self.claims)):
            for kind, count in calls.items():
                total[kind] = total.get(kind, 0) + count
        return total

    @property
    def dollars(self) -> float:
        return cost(self.calls)

    @property
    def minutes(self) -> int:
        return round((AROUND_SECONDS + sum(claim.seconds for claim in self.claims)) / 60)


def used(calls: Mapping[str, float]) -> dict[str, float]:
    """How much of what is paid for these calls use; a kind that has no price raises KeyError."""
    total: dict[str, float] = {}
    for kind, count in calls.items():
        for what, amount in USES[kind].items():
            total[what] = total.get(what, 0.0) + count * amount
    return total


def cost(calls: Mapping[str, float]) -> float:
    """Dollars, by list price."""
    return sum(PRICES[what].dollars * amount for what, amount in used(calls).items())


def told(plan: Plan, where: str) -> str:
    """The plan for a person."""
    parts = [
        "This deploys a stack for this run alone, tries what no stand-in for AWS can prove, writes a report, and",
        "deletes everything again, whatever happens. It touches nothing that is there already.",
        "",
        f"Where      {where}",
        f"Names      everything is called {PREFIX} and eight hexadecimal digits, with the tags project and prove",
        f"Takes      about {plan.minutes} minutes",
        f"Costs      at most ${plan.dollars:.2f} (list prices of {REGION} as of {NOTED}, without the free tier)",
        "",
        *_priced(plan.calls),
        "",
        f"Claims     {len(plan.claims)}",
        *(line for claim in plan.claims for line in _of(claim)),
        "",
        "Calls, at most",
        *(f"  {count:6.0f}  {kind}" for kind, count in sorted(plan.calls.items())),
    ]
    return "\n".join(parts)


def _priced(calls: Mapping[str, float]) -> Iterable[str]:
    for what, amount in sorted(used(calls).items(), key=lambda pair: -PRICES[pair[0]].dollars * pair[1]):
        price = PRICES[what]
        yield f"  ${price.dollars * amount:8.4f}  {amount:12.5g} {price.unit} ({price.source})"


def _of(claim: Claim) -> Iterable[str]:
    yield f"  {claim.name}: {claim.sentence}"
    yield f"      {claim.how}; about {claim.seconds} s, at most ${cost(claim.calls):.4f}"
    yield f"      {', '.join(f'{count:.0f} {kind}' for kind, count in claim.calls.items())}"
