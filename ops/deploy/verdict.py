"""What a deploy's check says: which models keep it from being safe, in sentences that say what to do first.

The alias that the function will serve is what would break at once. An alias that a deployed function serves and this
deploy does not reach is not judged: the model that a running function needs may stay while its successor is prepared.
Every other alias must name something that the package could serve, for nobody else could.
"""

import shlex
from collections.abc import Collection
from dataclasses import dataclass

from ops.deploy.judgement import Candidate, Judged, judged
from training.errors import InvalidFunctionRecord
from training.release.deployed.records import each_record
from training.release.deployed.required import another_alias
from training.release.stores.writable import WritableStore


@dataclass(frozen=True)
class Verdict:
    """What would break, and what else a person may want to know. It is safe to deploy where nothing would break."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]


def verdict(
    store: WritableStore, candidate: Candidate, stack: str | None = None, serves_now: str | None = None
) -> Verdict:
    """Judge every alias; `serves_now` is the one that the function of `stack` serves before this deploy.

    Raises a RegistryError.
    """
    every = {each.alias: each for each in judged(store, candidate)}
    problems, notes = [], []
    needed_elsewhere = _served_by_others(store, candidate, stack, serves_now)
    for each in every.values():
        if each.problem is None:
            notes.append(f"{each.alias!r} names {each.version}, which the package could serve.")
        elif each.alias == candidate.alias:
            problems.append(f"{_told(each)} {_mended(each, store, stack, every)}".rstrip())
        elif each.alias in needed_elsewhere:
            by = needed_elsewhere[each.alias]
            notes.append(f"{_told(each)} The function of {by!r} serves it, which this deploy does not change.")
        else:
            problems.append(f"{_told(each)} {_tidied(each, store)}")
    if candidate.alias not in every:
        text = f"Nothing is promoted to {candidate.alias!r} in {store.uri}, which the function would serve"
        if serves_now in every:
            problems.append(f"{text}; it serves {serves_now!r} now: promote a version to {candidate.alias!r} first.")
        else:
            notes.append(f"{text}: it answers 503 until a version is promoted.")
    return Verdict(tuple(problems), tuple(notes))


def _served_by_others(
    store: WritableStore, candidate: Candidate, stack: str | None, serves_now: str | None
) -> dict[str, str]:
    """The aliases that deployed functions go on serving, each with a stack; what is on record of `stack` is past."""
    served = {
        record.alias: other
        for other, record in each_record(store)
        if other != stack and not isinstance(record, InvalidFunctionRecord)
    }
    if stack is not None and serves_now not in (None, candidate.alias):
        served.setdefault(str(serves_now), stack)
    return served


def _told(each: Judged) -> str:
    if each.version is None:
        return f"The alias {each.alias!r} could not be read by this package: {each.problem}."
    return f"{each.alias!r} names {each.version}, which this package could not serve: {each.problem}."


def _mended(each: Judged, store: WritableStore, stack: str | None, taken: Collection[str]) -> str:
    """What to do about the alias that the function will serve."""
    if each.kind == "too large":
        return ""
    uri, options = shlex.quote(store.uri), f" STACK_NAME={stack}" if stack else f" MODEL_URI={shlex.quote(store.uri)}"
    if each.kind == "unsound":
        return (
            f"`python -m training verify --model-uri {uri}` says which versions are whole: promote one of them first."
        )
    if each.kind == "other form":
        return (
            f"{each.remedy} The functions of both engines can serve a version with a twin, so promote it before this "
            "deploy:\n"
            "  .venv/bin/python -m training train … --out trained\n"
            f"  .venv/bin/python -m training publish trained --promote --alias {each.alias} --reason … --model-uri "
            f"{uri}"
        )
    new = another_alias(each.alias, taken)
    return (
        "Retrain it first: with this checkout, train the model again, promote it to an alias that no function serves "
        "yet, and deploy with that alias:\n"
        "  .venv/bin/python -m training train … --out trained\n"
        f"  .venv/bin/python -m training publish trained --promote --alias {new} --reason … --model-uri {uri}\n"
        f"  make check-deploy{options} PARAMETERS=ModelAlias={new}\n"
        f"  .tools/sam/bin/sam deploy{f' --stack-name {stack}' if stack else ''} --parameter-overrides "
        f"ModelAlias={new}\n"
        f"  make record-deploy{f' STACK_NAME={stack}' if stack else ''}\n"
        "Or pin what the model was made under in handler/requirements.in, run `make lock`, and build again."
    )


def _tidied(each: Judged, store: WritableStore) -> str:
    """What to do about an alias that no deployed function serves."""
    return (
        f"No function serves {each.alias!r}, so promote a version to it that this package can serve "
        f"(`python -m training promote VERSION --alias {each.alias} --model-uri {shlex.quote(store.uri)}`), or delete "
        f"{store.uri}/aliases/{each.alias}.json if nobody needs it."
    )
