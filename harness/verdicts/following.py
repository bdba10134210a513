"""What would decide an undecided claim, or that nothing would."""

import math
from collections.abc import Sequence

from harness.records import Gate, Outcome, Terms
from harness.statistics.equivalence import Alphas, Estimate, is_inside, is_outside
from harness.statistics.intervals import quantile
from harness.verdicts.measurement import Distance, Measurement

MOST = 1 << 16
"""So many times our repeats are as good as no noise of ours at all."""


def following(
    terms: Terms, measurement: Measurement, outcome: Outcome, delta: float, alphas: Alphas
) -> tuple[str, int | None]:
    """Return the next step for a measured claim, in one line, and how many more repeats it asks for."""
    if terms.deviations:
        return "a run without the deviations: " + ", ".join(d.field for d in terms.deviations), None
    if outcome != "undecided":
        return "nothing: the claim is decided at this margin", None
    distance = measurement.distance
    if distance is None:
        return (
            "cannot be decided on these items: the places are too close; more items of the kind would tell",
            None,
        )
    if _settled(distance, distance.estimate, delta, alphas):
        return "the maker's own words: a source known second-hand is never contradicted", None
    if distance.repeated is None:
        return _more_items(measurement, distance, delta), None
    repeats = _repeats(measurement, distance, delta, alphas)
    if repeats is None:
        return f"cannot be decided at {_margin(terms, delta)}: {_source(terms, measurement)}", None
    more = repeats - measurement.repeats
    each = "repeat" if more == 1 else "repeats"
    return f"{more} more {each} of each item would decide it", more


def mended(failed: Sequence[Gate]) -> str:
    """Return what would make a run valid whose gates failed."""
    names = {gate.gate.rpartition("'s ")[2] for gate in failed}
    if names == {"coverage"}:
        return "the missing answers: the command that made the run continues it"
    if names == {"truncation"}:
        return "a run with room for longer answers; same_cap: true in the claim if the source was cut there too"
    if names == {"repeats"}:
        return "at least two repeats of every item"
    return "a run without what made this one invalid"


def _settled(distance: Distance, estimate: Estimate, delta: float, alphas: Alphas) -> bool:
    """Return whether the rule would decide on this estimate, either way."""
    region, widen = distance.region(delta), distance.widen
    return bool(is_inside(estimate, region, widen, alphas)) or bool(is_outside(estimate, region, widen, alphas))


def _repeats(measurement: Measurement, distance: Distance, delta: float, alphas: Alphas) -> int | None:
    """Return the fewest repeats that would settle it if the difference stayed where it is; None where none would.

    Asks the rule itself for ever more repeats, so that what is said here is what will be done.
    """

    def settles(repeats: int) -> bool:
        assert distance.repeated is not None
        return _settled(distance, distance.repeated(repeats / measurement.repeats), delta, alphas)

    few, many = measurement.repeats, measurement.repeats * 2
    while not settles(many):
        few, many = many, many * 2
        if many > measurement.repeats * MOST:
            return None
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if settles(middle) else (middle, many)
    return many


def _more_items(measurement: Measurement, distance: Distance, delta: float) -> str:
    """Return how many items would settle what holds of items in general (normal approximation)."""
    point, error = float(distance.estimate.point), float(distance.estimate.error)
    region = distance.region(delta)
    level = 0.90 if region.low < point < region.high else 0.95
    room = min(abs(point - region.low), abs(region.high - point)) - distance.widen
    if math.isinf(error):
        return "cannot be decided on these items: the comparator is hardly ever right on them"
    if room <= 0:
        return "cannot be decided: the difference lies at the edge of what agrees with the claim"
    items = max(math.ceil(measurement.n * (quantile(level) * error / room) ** 2), measurement.n + 1)
    return f"cannot be decided on these {measurement.n:,} items: about {items:,} of the kind would"


def _margin(terms: Terms, delta: float) -> str:
    if terms.factor == 100:
        return f"{delta:g} point" if delta == 1 else f"{delta:g} points"
    return f"a margin of {delta:g}"


def _source(terms: Terms, measurement: Measurement) -> str:
    """Return why no repeats of ours are enough."""
    if measurement.source_error == 0:
        return "the score lies at the edge of what agrees with the claim"
    noise = f"its score alone can move by ±{quantile(0.95) * measurement.source_error:.2g}"
    if terms.stated_repeats is not None:
        times = "once" if terms.stated_repeats == 1 else f"{terms.stated_repeats} times"
        return f"the source ran {times} on {terms.n or measurement.n:,} items, {noise}"
    if terms.source_decoding == "other":
        return f"the source decoded otherwise, {noise}"
    missing = "its repeats" if terms.source_decoding == "same" else "its decoding"
    return f"the source does not state {missing}, {noise}"
