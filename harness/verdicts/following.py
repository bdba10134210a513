"""What would decide an undecided claim, or that nothing would."""

import math

from harness.records import Outcome, Terms
from harness.statistics.intervals import quantile
from harness.statistics.power import required_repeats
from harness.verdicts.gates import SAMPLED
from harness.verdicts.measurement import Measurement


def following(terms: Terms, measurement: Measurement, outcome: Outcome, delta: float) -> str:
    """Return the next step for a measured claim, in one line."""
    if terms.deviations:
        return "a run without the deviations: " + ", ".join(d.field for d in terms.deviations)
    if outcome != "undecided":
        return "nothing: the claim is decided at this margin"
    if terms.kind == "rank":
        return "cannot be decided on these items: the places are too close; more items of the kind would tell"
    if terms.kind == "exceeds":
        return _more_items(measurement)
    return _more_repeats(terms, measurement, delta)


def _more_repeats(terms: Terms, measurement: Measurement, delta: float) -> str:
    """Return how many repeats would settle it if the difference stayed where it is (normal approximation)."""
    point, error = float(measurement.difference.point), float(measurement.difference.error)
    scale = measurement.scale
    region = measurement.region(delta / scale)
    inside = region.low < point < region.high
    # Inside, the 90 % interval must keep clear of the nearer end; outside, the 95 % one.
    room = min(abs(point - region.low), abs(region.high - point)) - measurement.widen
    needed = room / quantile(0.90 if inside else 0.95)
    if needed <= 0:
        return "cannot be decided at this margin: the difference lies at its edge"
    if terms.kind in SAMPLED:
        return (
            f"cannot be decided on these {measurement.n} items: about {_items(measurement, error / needed)} would"
        )
    theirs = measurement.source_error / scale
    if theirs >= needed:
        if not inside and terms.read == "second_hand":
            return "the maker's own words: a source known second-hand is never contradicted"
        return f"cannot be decided at {_margin(terms, delta)}: {_source(terms, measurement)}"
    if theirs < needed and error <= needed and terms.read == "second_hand":
        return "the maker's own words: a source known second-hand is never contradicted"
    ours = measurement.run_error / scale
    repeats = required_repeats(ours**2 * measurement.repeats, 1, needed, theirs)
    more = max((repeats or 0) - measurement.repeats, 1)
    return f"{more} more repeats of each item would decide it"


def _more_items(measurement: Measurement) -> str:
    point, error = abs(float(measurement.difference.point)), float(measurement.difference.error)
    if point == 0:
        return "cannot be decided: both are level on these items"
    times = quantile(0.90) * error / point
    return (
        f"cannot be decided on these {measurement.n} items: about {_items(measurement, times)} of the kind would"
    )


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
