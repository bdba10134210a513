"""What would decide an undecided claim, or that nothing would."""

import math

from harness.records import Outcome, Terms
from harness.statistics.intervals import quantile
from harness.statistics.power import required_repeats
from harness.verdicts.gates import SAMPLED
from harness.verdicts.measurement import Measurement, margin


def following(terms: Terms, measurement: Measurement, outcome: Outcome, delta: float) -> tuple[str, int | None]:
    """Return the next step for a measured claim, in one line, and how many more repeats it asks for."""
    if outcome == "undecided" and not terms.deviations and terms.kind not in SAMPLED:
        return _more_repeats(terms, measurement, delta)
    return _other(terms, measurement, outcome), None


def _other(terms: Terms, measurement: Measurement, outcome: Outcome) -> str:
    if terms.deviations:
        return "a run without the deviations: " + ", ".join(d.field for d in terms.deviations)
    if outcome != "undecided":
        return "nothing: the claim is decided at this margin"
    if terms.kind == "rank":
        return "cannot be decided on these items: the places are too close; more items of the kind would tell"
    return _more_items(terms, measurement)


def _more_repeats(terms: Terms, measurement: Measurement, delta: float) -> tuple[str, int | None]:
    """Return how many repeats would settle it if the difference stayed where it is (normal approximation)."""
    needed = _needed_error(measurement, delta)
    if needed <= 0:
        return "cannot be decided at this margin: the difference lies at its edge", None
    theirs = measurement.source_error / measurement.scale
    if theirs >= needed:
        return f"cannot be decided at {_margin(terms, delta)}: {_source(terms, measurement)}", None
    if float(measurement.difference.error) <= needed and terms.read == "second_hand":
        return "the maker's own words: a source known second-hand is never contradicted", None
    ours = measurement.run_error / measurement.scale
    repeats = required_repeats(ours**2 * measurement.repeats, 1, needed, theirs)
    more = max((repeats or 0) - measurement.repeats, 1)
    return f"{more} more repeats of each item would decide it", more


def _needed_error(measurement: Measurement, delta: float) -> float:
    """Return the standard error that would decide a difference that stays where it is, in its own scale."""
    point = float(measurement.difference.point)
    region = measurement.region(delta / measurement.scale)
    # Inside, the 90 % interval must keep clear of the nearer end; outside, the 95 % one.
    level = 0.90 if region.low < point < region.high else 0.95
    room = min(abs(point - region.low), abs(region.high - point)) - measurement.widen
    return room / quantile(level)


def _more_items(terms: Terms, measurement: Measurement) -> str:
    """Return how many items would settle what holds, or does not hold, of items in general."""
    needed = _needed_error(measurement, margin(terms))
    if needed <= 0:
        return "cannot be decided on these items: the difference lies at the edge of what agrees with the claim"
    if math.isinf(float(measurement.difference.error)):
        return "cannot be decided on these items: the comparator is hardly ever right on them"
    items = _items(measurement, float(measurement.difference.error) / needed)
    return f"cannot be decided on these {measurement.n:,} items: about {items} of the kind would"


def _items(measurement: Measurement, times: float) -> str:
    return f"{max(math.ceil(measurement.n * times**2), measurement.n + 1):,}"


def _margin(terms: Terms, delta: float) -> str:
    return f"{delta:g} points" if terms.factor == 100 else f"a margin of {delta:g}"


def _source(terms: Terms, measurement: Measurement) -> str:
    """Return why the source's own noise is what stands in the way."""
    noise = f"its score alone can move by ±{quantile(0.95) * measurement.source_error:.2g}"
    if terms.stated_repeats is not None:
        times = "once" if terms.stated_repeats == 1 else f"{terms.stated_repeats} times"
        return f"the source ran {times} on {terms.n or measurement.n:,} items, {noise}"
    missing = "its repeats" if terms.source_decoding == "same" else "its decoding"
    if terms.source_decoding == "other":
        return f"the source decoded otherwise, {noise}"
    return f"the source does not state {missing}, {noise}"
