"""From valid answers to a number, its distance from the claim, and what of that distance is noise."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from harness.records import DecidedKind, Interval, Terms
from harness.statistics.averages import Gap, weighted_mean
from harness.statistics.clusters import mean_error
from harness.statistics.difference import Difference
from harness.statistics.equivalence import Estimate, Region
from harness.statistics.intervals import beta_binomial, clopper_pearson, student_quantile
from harness.statistics.noise import RunNoise, run_noise, source_error
from harness.statistics.paired import Lead, lead
from harness.statistics.ranks import Place, place, rank_probabilities
from harness.statistics.ratio import RatioGap, bca, ratio_source_error
from harness.verdicts.evidence import Evidence
from harness.verdicts.table import ScoreTable

SEED = 20251230
"""Of every bootstrap: the same answers always give the same verdict."""


@dataclass(frozen=True)
class Distance:
    """How far the measured number lies from the claim, and which distances agree with it."""

    estimate: Estimate
    """Measured minus claimed, in a scale of its own."""
    scale: float
    """Units of the claim per 1.0 of the estimate."""
    regions: Callable[[float], Region]
    """The differences that agree with the claim at a margin; both in the estimate's scale."""
    widen: float = 0.0
    """Half-width of the printed value's last digit, in the estimate's scale."""
    repeated: Callable[[float], Estimate] | None = None
    """The estimate as it would be with so many times our repeats; None where items are what is missing."""

    def region(self, delta: float) -> Region:
        """Return the differences that agree with the claim at a margin in its own unit."""
        return self.regions(delta / self.scale)


@dataclass(frozen=True)
class Measurement:
    """A measured number with its two uncertainties, beside the claim."""

    value: float
    """In the unit of the claim."""
    n: int
    repeats: int
    distance: Distance | None
    """None for a rank, which has no distance."""
    run_error: float = 0.0
    """Our standard error from run to run, in the unit of the claim."""
    source_error: float = 0.0
    """The source's, in the unit of the claim."""
    item_interval95: Interval | None = None
    """95 % interval over items, in the unit of the claim: what another draw of items could have given."""
    place: Place | None = None
    """How sure the claimed rank is."""
    probability: float | None = None
    """Share of resampled item sets in which the model has the claimed rank; to show, not to decide by."""


def measure(terms: Terms, evidence: Evidence) -> Measurement:
    """Return the measurement that a claim of this kind asks for.

    Raises ValueError when the answers cannot show it: other items than the comparator's, a comparator that was
    never right, points for other items than those measured.
    """
    return _KINDS[terms.kind](terms, evidence)


def margin(terms: Terms) -> float:
    """Return the margin in the unit of the claim.

    What the claim declares; else 2 % of the value of a ratio or a latency, and 1 % of the metric's range of a
    score. Leads, ranks and grades have none: they hold or not.
    """
    if terms.kind in ("exceeds", "rank", "exam_grade"):
        return 0.0
    if terms.delta is not None:
        return terms.delta
    return 0.02 * terms.printed.number if terms.kind in ("ratio", "latency") else 0.01 * terms.span


def _score(terms: Terms, evidence: Evidence) -> Measurement:
    table = evidence.table
    noise = run_noise(table.scores)
    claimed = (terms.printed.number - terms.low) / terms.span
    theirs = float(source_error(claimed, terms.n or table.n, terms.stated_repeats, noise))
    low, high = _over_items(table, noise)
    return Measurement(
        value=terms.low + noise.mean * terms.span,
        n=table.n,
        repeats=table.repeats,
        distance=_distance(terms, lambda times: Difference(_repeated(noise, times), claimed, theirs), terms.span),
        run_error=float(noise.error) * terms.span,
        source_error=theirs * terms.span,
        item_interval95=(terms.low + low * terms.span, terms.low + high * terms.span),
    )


def _average(terms: Terms, evidence: Evidence) -> Measurement:
    noises = [run_noise(table.scores) for table in evidence.ours]
    weights = terms.weights or None
    mean, ours = weighted_mean([float(x.mean) for x in noises], [float(x.error) for x in noises], weights)
    # What the source scored on each benchmark is not what it averaged to; ours stands in for its mean there.
    each = [float(source_error(x.mean, x.n, terms.stated_repeats, x)) for x in noises]
    _, theirs = weighted_mean([float(x.mean) for x in noises], each, weights)
    claimed = (terms.printed.number - terms.low) / terms.span
    dof = min(float(x.dof) for x in noises)

    def gap(times: float) -> Estimate:
        found = Gap(mean - claimed, math.hypot(ours / math.sqrt(times), theirs), dof)
        return _Bounded(found, 0.0, -claimed, 1 - claimed)

    return Measurement(
        value=terms.low + mean * terms.span,
        n=sum(table.n for table in evidence.ours),
        repeats=min(table.repeats for table in evidence.ours),
        distance=_distance(terms, gap, terms.span),
        run_error=ours * terms.span,
        source_error=theirs * terms.span,
    )


def _exceeds(terms: Terms, evidence: Evidence) -> Measurement:
    first, second = _pair(evidence)
    found = _lead(terms, first, second)
    printed = terms.printed
    by = printed.number / terms.span
    # The bound must pass X less its rounding, and zero in any case: "by 0.0" is a lead too.
    region = Region(low=-min(printed.rounding, printed.number) / terms.span)
    return Measurement(
        value=found.point * terms.span,
        n=first.n,
        repeats=min(first.repeats, second.repeats),
        distance=Distance(_Bounded(found, by, -1 - by, 1 - by), terms.span, lambda _: region),
    )


def _lead(terms: Terms, first: ScoreTable, second: ScoreTable) -> Lead:
    """Return how far the first is ahead; ahead means below where less is better."""
    ahead, behind = (first, second) if terms.higher_is_better else (second, first)
    noises = [run_noise(table.scores) for table in (first, second) if table.repeats > 1]
    moved = [noise for noise in noises if math.isfinite(float(noise.dof))]
    shift = None
    if moved:
        error = math.sqrt(sum(float(noise.shift_variance) / noise.repeats for noise in moved))
        shift = error, min(float(noise.dof) for noise in moved)
    return lead(
        ahead.item_means,
        behind.item_means,
        least_error=1 / (first.n * min(first.repeats, second.repeats)),
        shift=shift,
        seed=SEED,
        clusters=_clusters(first, second),
    )


def _ratio(terms: Terms, evidence: Evidence) -> Measurement:
    first, second = _pair(evidence)
    found = bca(first.item_means, second.item_means, seed=SEED, clusters=_clusters(first, second))
    unit = terms.factor
    ours, other = _noise_or_largest(first), _noise_or_largest(second)
    theirs = ratio_source_error(found.ratio, ours, other, terms.n or first.n, terms.stated_repeats)
    gap = RatioGap(found, terms.printed.number / unit, theirs)
    return Measurement(
        value=found.ratio * unit,
        n=first.n,
        repeats=min(first.repeats, second.repeats),
        distance=Distance(gap, unit, _around(terms), terms.printed.rounding / unit),
        source_error=theirs * unit,
    )


def _rank(terms: Terms, evidence: Evidence) -> Measurement:
    tables = [evidence.table, *evidence.comparators]
    for other in tables[1:]:
        _same_items(tables[0], other)
    claimed = int(terms.printed.number)
    leads = [_lead(terms, tables[0], other) for other in tables[1:]]
    found = place(leads, claimed)
    chances = rank_probabilities(
        np.column_stack([table.item_means for table in tables]),
        seed=SEED,
        clusters=_clusters(*tables),
        higher_is_better=terms.higher_is_better,
    )[0]
    return Measurement(
        value=1 + sum(lead.point < 0 for lead in leads),
        n=tables[0].n,
        repeats=min(table.repeats for table in tables),
        distance=None,
        place=found,
        probability=float(chances[claimed - 1]),
    )


def _exam_grade(terms: Terms, evidence: Evidence) -> Measurement:
    table = evidence.table.weighted(terms.points)
    noise = run_noise(table.scores)
    full = table.n * max(terms.points.values())
    grade = int(terms.printed.number)
    least = terms.cutoffs[grade - 1] if grade <= len(terms.cutoffs) else -math.inf
    below = terms.cutoffs[grade - 2] if grade > 1 else math.inf
    region = Region(least / full, below / full)

    def points(times: float) -> Estimate:
        return Difference(_repeated(noise, times), 0.0, 0.0)

    return Measurement(
        value=float(noise.mean) * full,
        n=table.n,
        repeats=table.repeats,
        distance=Distance(points(1.0), full, lambda _: region, repeated=points),
        run_error=float(noise.error) * full,
    )


def _latency(terms: Terms, evidence: Evidence) -> Measurement:
    table = evidence.table
    whole = mean_error(table.scores.mean(axis=0))
    if whole.error == 0:
        raise ValueError("expected times that vary from repeat to repeat, found the same mean every time")
    unit = terms.factor
    claimed = terms.printed.number / unit
    # A published latency says nothing about its noise, and no bound on it exists: one pass of ours stands in.
    theirs = whole.error * math.sqrt(table.repeats / (terms.stated_repeats or 1))
    interval = None
    if table.groups > 1:
        items = mean_error(table.item_means, table.clusters)
        half = student_quantile(0.95, items.dof) * items.error
        interval = max(whole.mean - half, 0.0) * unit, (whole.mean + half) * unit

    def gap(times: float) -> Estimate:
        found = Gap(whole.mean - claimed, math.hypot(whole.error / math.sqrt(times), theirs), whole.dof)
        return _Bounded(found, 0.0, -claimed, math.inf)

    return Measurement(
        value=whole.mean * unit,
        n=table.n,
        repeats=table.repeats,
        distance=_distance(terms, gap, unit),
        run_error=whole.error * unit,
        source_error=theirs * unit,
        item_interval95=interval,
    )


_KINDS: Mapping[DecidedKind, Callable[[Terms, Evidence], Measurement]] = {
    "score": _score,
    "at_least": _score,
    "exceeds": _exceeds,
    "ratio": _ratio,
    "average": _average,
    "rank": _rank,
    "exam_grade": _exam_grade,
    "latency": _latency,
}


@dataclass(frozen=True)
class _Bounded:
    """An estimate less a number that has no noise ("by X"), and never beyond what it can be."""

    of: Estimate
    by: float
    low: float
    high: float

    @property
    def point(self) -> float:
        return float(self.of.point) - self.by

    @property
    def error(self) -> float:
        return float(self.of.error)

    def interval(self, level: float) -> tuple[float, float]:
        low, high = self.of.interval(level)
        return max(low - self.by, self.low), min(high - self.by, self.high)


def _distance(terms: Terms, repeated: Callable[[float], Estimate], scale: float) -> Distance:
    """Return the distance from a printed number; `repeated` gives the estimate for so many times our repeats."""
    return Distance(repeated(1.0), scale, _around(terms), terms.printed.rounding / scale, repeated)


def _repeated(noise: RunNoise, times: float) -> RunNoise:
    return replace(noise, error=noise.error / math.sqrt(times))


def _around(terms: Terms) -> Callable[[float], Region]:
    """Return the regions of a claim to a number, as its wording has it."""
    if terms.kind == "at_least" or terms.hedge in ("at_least", "more_than"):
        return lambda delta: Region(low=-delta)
    if terms.hedge in ("up_to", "less_than"):
        return lambda delta: Region(high=delta)
    return lambda delta: Region(-delta, delta)


def _pair(evidence: Evidence) -> tuple[ScoreTable, ScoreTable]:
    if len(evidence.comparators) != 1:
        raise ValueError(f"expected the answers of one comparator, found {len(evidence.comparators)}")
    _same_items(evidence.table, evidence.comparators[0])
    return evidence.table, evidence.comparators[0]


def _same_items(first: ScoreTable, second: ScoreTable) -> None:
    if list(first.items) != list(second.items):
        apart = sorted(set(first.items) ^ set(second.items))
        raise ValueError(
            f"expected the same items on both sides, found {len(apart)} on one only, such as {apart[0]}"
        )


def _clusters(*tables: ScoreTable) -> list[str] | None:
    """Return the clusters that the tables agree on; raises ValueError when they do not."""
    named = [list(table.clusters) for table in tables if table.clusters is not None]
    if any(labels != named[0] for labels in named):
        raise ValueError("expected the same cluster for an item on both sides")
    return named[0] if named else None


def _noise_or_largest(table: ScoreTable) -> RunNoise:
    """Return the run noise of a table; of a single run, the largest that its mean allows."""
    if table.repeats > 1:
        return run_noise(table.scores)
    mean = float(table.scores.mean())
    within = mean * (1 - mean)
    return RunNoise(mean, math.sqrt(within / table.n), math.inf, within, within, table.n, 1)


def _over_items(table: ScoreTable, noise: RunNoise) -> Interval:
    """Return the 95 % interval over items on the 0..1 scale; clusters count for what they are worth."""
    mean, n = float(noise.mean), table.n
    if table.clusters is not None and table.groups > 1:
        error = mean_error(table.item_means, table.clusters).error
        worth = mean * (1 - mean) / error**2 if error > 0 else float(table.groups)
        return clopper_pearson(mean, min(worth, float(n)))
    return beta_binomial(mean, float(noise.observed_variance), n, table.repeats)
