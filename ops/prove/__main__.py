"""Proves on AWS what no stand-in can prove.

python -m ops.prove [--claims NAME,…] [--yes | --dry-run]        (`make prove-on-aws`)
python -m ops.prove --clean [NAME] [--yes]                       (`make prove-on-aws-clean`)
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from ops.commands import ROOT, CommandFailed, ToolMissing
from ops.prove import every, report
from ops.prove.account.caller import Caller, NoAccount, caller, endpoint_of, region_of
from ops.prove.account.deletion import delete_all
from ops.prove.account.leftovers import leftovers
from ops.prove.account.names import RUN, new_name
from ops.prove.plan import Plan, told
from ops.prove.run import run, say

FOLDER = ROOT / "build/prove-on-aws"


def main(words: Sequence[str] | None = None) -> int:
    """Do as the command line says; 0, or 1 where a claim was refuted or broke, or something is left."""
    arguments = _parser().parse_args(words)
    try:
        if arguments.clean is not None:
            return _clean(arguments.clean, arguments.yes)
        return _prove(arguments)
    except (NoAccount, CommandFailed, ToolMissing, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _prove(arguments: argparse.Namespace) -> int:
    plan = Plan(every.chosen(arguments.claims))
    if arguments.dry_run:
        endpoint = endpoint_of(os.environ)
        region = region_of() or "no region is set"
        print(told(plan, f"{endpoint or 'AWS'}, {region}, with the credentials of this shell; nothing was asked yet"))
        print("\nThis was a dry run: nothing was done, and nobody was asked anything.")
        return 0
    who = caller()
    print(told(plan, _where(who)), flush=True)
    if not _confirmed(arguments.yes, "Deploy, try, and delete"):
        return 1
    name = arguments.name or new_name()
    folder: Path = arguments.out / name
    say(f"\nThis run is {name}. If it is killed, `make prove-on-aws-clean CLEAN={name}` removes what it left.")
    built = folder / "built"
    outcome = run(who, name, plan.claims, (arguments.prepared or built).resolve())
    shutil.rmtree(built, ignore_errors=True)  # half a gigabyte of packages, which the next run builds anew
    page = report.write(outcome, plan, folder)
    for each in outcome.tried:
        print(f"{each.claim.name:20} {each.verdict.word:15} {each.verdict.reason.splitlines()[0][:160]}")
    left = f"NOT deleted: {', '.join(outcome.left)}" if outcome.left else "Everything that it made is deleted."
    print(f"\n{left}\nReport: {page}")
    return 0 if outcome.good else 1


def _clean(name: str, yes: bool) -> int:
    if name and not RUN.fullmatch(name):
        raise ValueError(f"A run is called prove- and eight hexadecimal digits, such as prove-0123abcd; not {name!r}.")
    who = caller()
    found = leftovers(who, name or None)
    print(f"In {_where(who)}:")
    if not found:
        print("Nothing is left of " + (f"{name}." if name else "any run."))
        return 0
    print("\n".join(f"  {each.run}  {each}" for each in found), flush=True)
    if not _confirmed(yes, "Delete these, with everything in them"):
        return 1
    left = delete_all(who, name or None, say)
    print(f"NOT deleted: {', '.join(map(str, left))}" if left else "All of it is deleted.")
    return 1 if left else 0


def _where(who: Caller) -> str:
    place = f"at {who.endpoint}, which is not AWS" if who.endpoint else "on AWS"
    return f"account {who.account}, as {who.arn}, region {who.region}, {place}"


def _confirmed(yes: bool, question: str) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        print("\nNothing was done: this is not a terminal, so confirm by CONFIRM=yes.", file=sys.stderr)
        return False
    return input(f"\n{question}? Type yes: ").strip() == "yes"


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m ops.prove", description="Prove on AWS what no stand-in can prove.")
    made.add_argument("--claims", default="", metavar="NAME,…", help="try these alone")
    made.add_argument("--dry-run", action="store_true", help="print the plan and its cost, and touch nothing")
    made.add_argument("--yes", action="store_true", help="do not ask")
    made.add_argument("--clean", nargs="?", const="", metavar="NAME", help="delete what killed runs, or this one, left")
    made.add_argument("--name", help=argparse.SUPPRESS)
    made.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="where the report goes")
    made.add_argument(
        "--prepared", type=Path, metavar="DIR", help="where packages and models are kept, to be used again"
    )
    return made


if __name__ == "__main__":
    sys.exit(main())
