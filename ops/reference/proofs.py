"""What `make prove-on-aws` claims, what it costs, and what it does not try."""

from ops.prove.every import CLAIMS, NOT_COVERED
from ops.prove.plan import Plan, cost
from ops.prove.prices import NOTED, REGION
from ops.reference.markdown import code, table


def proofs() -> str:
    rows = ((code(claim.name), claim.sentence, claim.why, f"${cost(claim.calls):.4f}") for claim in CLAIMS)
    return table(("claim", "what is claimed", "why no stand-in can prove it", "costs at most"), rows)


def cost_of_proofs() -> str:
    plan = Plan(CLAIMS)
    return (
        f"A whole run costs at most ${plan.dollars:.2f} and takes about {plan.minutes} minutes. That is computed from "
        f"the bounds of each call, by the list prices of {REGION} as of {NOTED}, without the free tier."
    )


def not_proved() -> str:
    return "\n".join(f"- **{what}**: {why}" for what, why in NOT_COVERED.items())
