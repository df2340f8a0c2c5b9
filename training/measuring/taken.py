"""Which rows the API takes: the handler's own rules, for rows that never were a request."""

from collections.abc import Sequence

from handler.api.body.columns import refused_places
from handler.records.signature import Feature, Value


def places_taken(rows: Sequence[Sequence[Value]], features: Sequence[Feature]) -> list[int]:
    """The places of the rows, each of one value or None a feature, that a request may hold."""
    columns = zip(features, zip(*rows, strict=True), strict=True) if rows else ()
    places = range(len(rows))
    refused = {place for feature, column in columns for place in refused_places(feature, column, places)}
    return [place for place in places if place not in refused]
