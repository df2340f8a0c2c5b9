"""Whether clients of the version that serves can go on as they are with a new one.

A new version must take every row that the other takes, and answer in the same form. It may take more: a category beside
those, a gap where there was none.
"""

from collections.abc import Iterator

from handler.records.signature import Domain, Feature
from handler.registry.manifest import Manifest
from training.release.gate.check import Check

MOST_NAMED = 5


def same_contract(new: Manifest, served: Manifest) -> list[Check]:
    """The checks of the features, of the task and of what is answered."""
    checks = [_features(new, served)]
    checks += [Check("takes", lost, "", "all that it takes now", False) for lost in _lost(new, served)]
    if new.task != served.task:
        return [*checks, Check("task", new.task, served.task, "the same", False)]
    if new.task == "several_targets":
        names = [[target.name for target in manifest.targets] for manifest in (new, served)]
        checks.append(Check("targets", _some(names[0]), _some(names[1]), "the same", set(names[0]) == set(names[1])))
        by_name = {target.name: target.classes for target in new.targets}
        for target in served.targets:
            classes = by_name.get(target.name, target.classes)
            if classes or target.classes:
                same = set(classes) == set(target.classes)
                name = f"classes of {target.name}"
                checks.append(Check(name, _some(classes) or "numbers", _some(target.classes), "the same", same))
    elif new.task == "classification":
        ours, theirs = new.target.classes, served.target.classes
        checks.append(Check("classes", _some(ours), _some(theirs), "the same", ours == theirs))
    elif new.task == "multilabel":
        ours, theirs = new.target.classes, served.target.classes
        checks.append(Check("labels", _some(ours), _some(theirs), "the same", set(ours) == set(theirs)))
    return checks


def _features(new: Manifest, served: Manifest) -> Check:
    ours, theirs = ({(f.name, f.kind, f.is_coded) for f in manifest.features} for manifest in (new, served))
    differing = sorted({name for name, _, _ in ours ^ theirs})
    if not differing:
        return Check("features", f"{len(ours)}", f"{len(theirs)}", "the same", True)
    return Check("features", f"differ in {_some(differing)}", f"{len(theirs)}", "the same", False)


def _lost(new: Manifest, served: Manifest) -> Iterator[str]:
    """What requests may have today and could not have with `new`, a sentence for each feature and kind of value."""
    by_name = {feature.name: feature for feature in new.features}
    for feature in served.features:
        ours = by_name.get(feature.name)
        if ours is None or (ours.kind, ours.is_coded) != (feature.kind, feature.is_coded):
            continue  # which is said of the features
        if feature.nullable and not ours.nullable:
            yield f"no null for {feature.name}"
        if feature.kind == "category" and not ours.allow_unknown:
            gone = [str(category) for category in feature.categories if category not in ours.categories]
            if gone:
                yield f"no longer {_some(gone)} for {feature.name}"
            elif feature.allow_unknown:
                yield f"no unknown category for {feature.name}"
        if ours.max_length is not None and ours.max_length < (feature.max_length or ours.max_length + 1):
            yield f"at most {ours.max_length:,} characters for {feature.name}"
        if ours.domain is not None and not _holds(ours.domain, feature):
            yield f"fewer numbers for {feature.name}"


def _holds(domain: Domain, feature: Feature) -> bool:
    """Whether all numbers that `feature` takes lie in `domain`."""
    theirs = feature.domain
    if theirs is None:
        return domain == Domain()
    if domain.values:
        return bool(theirs.values) and set(theirs.values) <= set(domain.values)
    if theirs.values:
        least, most = min(theirs.values), max(theirs.values)
        theirs = Domain(minimum=least, maximum=most)
    return _is_below(domain.minimum, domain.exclusive_minimum, theirs.minimum, theirs.exclusive_minimum) and _is_below(
        _negative(domain.maximum),
        _negative(domain.exclusive_maximum),
        _negative(theirs.maximum),
        _negative(theirs.exclusive_maximum),
    )


def _is_below(least: float | None, above: float | None, their_least: float | None, their_above: float | None) -> bool:
    """Whether a lower bound (`least` itself is taken, `above` is not) leaves all that the other leaves."""
    begins = [bound for bound in (their_least, their_above) if bound is not None]
    if least is None and above is None:
        return True
    if not begins:
        return False
    begin = max(begins)
    if least is not None and begin < least:
        return False
    return above is None or begin > above or (begin == above and their_above == begin)


def _negative(bound: float | None) -> float | None:
    return None if bound is None else -bound


def _some(names: "tuple[str, ...] | list[str]") -> str:
    return ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
