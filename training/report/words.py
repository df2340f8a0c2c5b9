"""What a report says of a model and its features in words."""

from handler.records.signature import Feature
from handler.registry.manifest import Manifest


def what_it_does(manifest: Manifest) -> str:
    """One sentence: the estimator, what it predicts, from how much."""
    first, *others = manifest.training.estimator.split(" ")
    name = " ".join([first.rpartition(".")[2], *others])
    article = "An" if name[:1] in "AEIOU" else "A"
    return f"{article} {name} that {_what(manifest)} from {_counted(len(manifest.features), 'feature')}."


def _what(manifest: Manifest) -> str:
    target, count = manifest.target, len(manifest.target.classes)
    if manifest.task == "classification":
        return f"predicts {target.name} as one of {count} classes"
    if manifest.task == "regression":
        return f"predicts the number {target.name}"
    if manifest.task == "outlier_detection":
        return "tells outliers from inliers"
    if manifest.task == "clustering":
        return f"finds the nearest of {count} clusters" if count else "finds the cluster of a row"
    if manifest.task == "multilabel":
        return f"predicts {target.name} as any of {count} labels"
    return f"predicts {len(manifest.targets)} targets, {', '.join(target.name for target in manifest.targets)},"


def kind_in_words(feature: Feature) -> str:
    """The kind of a feature, and what else it takes."""
    kind = "category of whole numbers" if feature.is_coded else str(feature.kind)
    if feature.max_length is not None:
        kind += f", up to {feature.max_length:,} characters"
    if feature.allow_unknown:
        kind += ", others too"
    return kind + (", may be null" if feature.nullable else "")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
