"""The report of a run: Markdown for a person, JSON for a program. Neither names the account."""

import json
from pathlib import Path
from typing import Any

from ops.prove.every import NOT_COVERED
from ops.prove.plan import Plan
from ops.prove.prices import NOTED, REGION
from ops.prove.run import Outcome, Tried


def write(outcome: Outcome, plan: Plan, folder: Path) -> Path:
    """Write both into `folder`; gives the file for a person."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(document(outcome, plan), indent=2) + "\n", encoding="utf-8")
    page = folder / "report.md"
    page.write_text(markdown(outcome, plan), encoding="utf-8")
    return page


def document(outcome: Outcome, plan: Plan) -> dict[str, Any]:
    """The report as a document of JSON."""
    return {
        "run": outcome.name,
        "aws": outcome.caller.is_aws,
        "region": outcome.caller.region,
        "began": outcome.began,
        "seconds": round(outcome.seconds, 1),
        "ended_by_signal": outcome.ended,
        "most_dollars": round(plan.dollars, 4),
        "claims": [_claim(each) for each in outcome.tried],
        "not_tried": list(outcome.untried),
        "left": list(outcome.left),
        "still_tagged": list(outcome.still_tagged),
    }


def _claim(tried: Tried) -> dict[str, Any]:
    return {
        "name": tried.claim.name,
        "claim": tried.claim.sentence,
        "why_no_stand_in": tried.claim.why,
        "verdict": tried.verdict.word,
        "reason": tried.verdict.reason,
        "failed": tried.verdict.failed,
        "seconds": round(tried.seconds, 1),
        "evidence": [
            {"what": each.what, "expected": each.expected, "came": each.came, "agrees": each.agrees}
            for each in tried.verdict.seen
        ],
    }


def markdown(outcome: Outcome, plan: Plan) -> str:
    """The report for a person: the verdicts first, then the evidence of each."""
    place = f"AWS, {outcome.caller.region}" if outcome.caller.is_aws else "a stand-in, which is not AWS"
    words = [each.verdict.word for each in outcome.tried]
    lines = [
        f"# {outcome.name}: what AWS says",
        "",
        f"Begun {outcome.began}, in {place}; {outcome.seconds / 60:.0f} minutes. "
        + ", ".join(f"{words.count(word)} {word}" for word in ("held", "not held", "not shown here"))
        + ".",
        "",
        f"It cost at most ${plan.dollars:.2f} (list prices of {REGION} as of {NOTED}).",
        "",
        _ending(outcome),
        "",
        "| claim | verdict | why |",
        "| --- | --- | --- |",
        *(f"| {each.claim.name} | **{each.verdict.word}** | {_cell(each.verdict.reason)} |" for each in outcome.tried),
        *(f"| {name} | not tried | The run ended before it. |" for name in outcome.untried),
        "",
        *(line for each in outcome.tried for line in _evidence(each)),
        "## Not covered",
        "",
        *(f"- **{what}** {why}" for what, why in NOT_COVERED.items()),
    ]
    return "\n".join(lines) + "\n"


def _ending(outcome: Outcome) -> str:
    if outcome.left:
        listed = "\n".join(f"- {each}" for each in outcome.left)
        return f"**Not deleted:**\n\n{listed}\n\nRun `make prove-on-aws-clean CLEAN={outcome.name}`."
    ended = "The run was ended by a signal. " if outcome.ended else ""
    return f"{ended}Everything that it made is deleted."


def _evidence(tried: Tried) -> list[str]:
    lines = [
        f"## {tried.claim.name}: {tried.verdict.word}",
        "",
        tried.claim.sentence,
        "",
        f"*Why no stand-in can prove it.* {tried.claim.why}",
        "",
        f"*What was done, in {tried.seconds:.0f} s.* {tried.claim.how[0].upper()}{tried.claim.how[1:]}.",
        "",
    ]
    if not tried.verdict.seen:
        return [*lines, tried.verdict.reason, ""]
    rows = ["| what | expected | came | |", "| --- | --- | --- | --- |"]
    for each in tried.verdict.seen:
        mark = {True: "✓", False: "✗", None: "not seen"}[each.agrees]
        rows.append(f"| {_cell(each.what)} | {_cell(each.expected)} | {_cell(each.came)} | {mark} |")
    return [*lines, *rows, ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
