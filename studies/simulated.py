"""Claims whose truth is known, drawn and decided: the grid that studies/calibration.py judges the rule on.

A trial: items with chances of being right, our K repeats of each, and a source that answered the same items
in its own number of runs and printed its mean to one decimal. The claim is off by a known difference d.
Every trial is decided by the product's own functions; only the drawing of answers is vectorised here.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy import optimize, special, stats

from harness.statistics.difference import Difference
from harness.statistics.equivalence import Region, is_inside, is_outside
from harness.statistics.noise import RunNoise, noise_of_moments, source_error
from harness.statistics.power import error_for_power, tost_power

ITEMS = (30, 198, 342, 700, 2822, 12032)
REPEATS = (2, 4, 16, 64)
MEAN = 0.73
SPREADS: dict[str, float | None] = {"all items alike": None, "items differ": 2.0, "items nearly fixed": 0.3}
"""Heterogeneity: chances of items are Beta(mean·s, (1−mean)·s); None gives every item the same chance."""
OFFSETS = (0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5, 2.0, -2.0)
"""True differences, in margins."""
MARGINS = (0.01, 0.10)
"""Margins beyond 10 points are left out: nobody would call a score so far off the same. Those below one too: there
the rounding of the printed value, which is no noise, is most of what is uncertain."""
SEED = 20251230
HALF_DIGIT = 0.0005
"""Sources print percent with one decimal."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Source:
    """How the claim came about, and what the claim's page says of it."""

    name: str
    runs: int
    stated: int | None
    """Repeats that the source states together with our decoding; None where either is unstated."""
    noisier: bool = False
    """Its answers vary as much as answers can, whatever ours do."""


SOURCES = (
    Source("unstated, ran once", 1, None),
    Source("unstated, ran once, noisier than we are", 1, None, noisier=True),
    Source("states 1 run", 1, 1),
    Source("states 4 runs", 4, 4),
    Source("states 16 runs", 16, 16),
)


@dataclass(frozen=True)
class Cell:
    """One point of the grid."""

    n: int
    repeats: int
    source: Source
    spread: str
    margin: str
    """`1 point`, or `decidable`: the margin at which two one-sided tests reach 80 % power."""
    offset: float
    shift: float = 0.0
    """Standard deviation of what moves all items of a repeat together, on both sides (batching, restarts)."""


@dataclass(frozen=True)
class Rates:
    """What happened in a cell; all are shares of its trials."""

    reproduced: float
    contradicted: float
    covered90: float
    covered95: float
    covered90_bare: float
    """Before widening by the rounding of the printed value."""
    covered95_bare: float
    power: float
    """Closed form of two one-sided tests at this cell's own errors, margin and rounding."""
    within_two_points: float
    """Naive rule: the claim counts as reproduced within 2 points."""
    inside_item_interval: float
    """Naive rule: the claim counts as reproduced inside our 95 % interval over items."""


def grid() -> Iterator[Cell]:
    """Yield every cell."""
    margins = ("1 point", "decidable")
    for n, repeats, source, spread, margin, offset in itertools.product(
        ITEMS, REPEATS, SOURCES, SPREADS, margins, OFFSETS
    ):
        yield Cell(n, repeats, source, spread, margin, offset)


def shifted_grid() -> Iterator[Cell]:
    """Yield cells in which whole repeats move together, by half a point and by a point."""
    for shift, n, repeats, source, offset in itertools.product(
        (0.005, 0.01), (198, 2822, 12032), REPEATS, SOURCES, (0.0, 1.0, -1.0)
    ):
        yield Cell(n, repeats, source, "items differ", "1 point", offset, shift)


def simulate(cell: Cell, trials: int, rng: np.random.Generator) -> Rates | None:
    """Return the rates of a cell; None where its margin would be outside `MARGINS`."""
    ours = chances(cell.n, MEAN, SPREADS[cell.spread])
    error = expected_error(cell, ours)
    delta = 0.01 if cell.margin == "1 point" else error / error_for_power(1.0) + HALF_DIGIT
    d = cell.offset * delta
    if not MARGINS[0] <= delta <= MARGINS[1]:
        return None
    theirs = np.full(cell.n, MEAN - d) if cell.source.noisier else shifted(ours, MEAN - d)
    noise = moved(draw(ours, cell.repeats, trials, rng), cell.shift, rng)
    source = draw_mean(theirs, cell.source.runs, trials, rng)
    source += rng.normal(0.0, cell.shift / np.sqrt(cell.source.runs), trials)
    claimed = np.round(np.clip(source, 0.0, 1.0), 3)
    found = Difference(noise, claimed, source_error(claimed, cell.n, cell.source.stated, noise))
    low90, high90 = found.interval(0.90)
    low95, high95 = found.interval(0.95)
    h, region = HALF_DIGIT, Region(-delta, delta)
    item_half = 1.96 * np.sqrt(noise.mean * (1 - noise.mean) / cell.n)
    return Rates(
        reproduced=_share(is_inside(found, region, h)),
        contradicted=_share(is_outside(found, region, h)),
        covered90=_share((low90 - h <= d) & (d <= high90 + h)),
        covered95=_share((low95 - h <= d) & (d <= high95 + h)),
        covered90_bare=_share((low90 <= d) & (d <= high90)),
        covered95_bare=_share((low95 <= d) & (d <= high95)),
        power=tost_power(error, delta - h),
        within_two_points=_share(abs(found.point) <= 0.02),
        inside_item_interval=_share(abs(found.point) <= item_half),
    )


def chances(n: int, mean: float, spread: float | None) -> Floats:
    """Return each item's chance of being right: evenly spaced quantiles of a Beta, with exactly this mean."""
    if spread is None:
        return np.full(n, mean)
    quantiles = (np.arange(n) + 0.5) / n
    return shifted(stats.beta.ppf(quantiles, mean * spread, (1 - mean) * spread), mean)


def shifted(items: Floats, mean: float) -> Floats:
    """Return chances with another mean: all items are made harder or easier by the same log-odds."""
    odds = special.logit(np.clip(items, 1e-12, 1 - 1e-12))
    step = optimize.brentq(lambda by: special.expit(odds + by).mean() - mean, -40, 40)
    return special.expit(odds + step)


def draw(items: Floats, repeats: int, trials: int, rng: np.random.Generator) -> RunNoise:
    """Return the noise of `trials` runs of `repeats` repeats, as `run_noise` would find it.

    Small tables are drawn answer by answer. Large ones are drawn by the histogram of right answers per item
    (exact), and the spread of the repeats' means given it, as its limit for many items: chi² on K − 1.
    """
    n = len(items)
    mean, within, between = np.empty(trials), np.empty(trials), np.empty(trials)
    if n * repeats <= 12_000:
        step = max(1, 4_000_000 // (n * repeats))
        for start in range(0, trials, step):
            part = slice(start, min(start + step, trials))
            right = rng.random((part.stop - start, n, repeats)) < items[None, :, None]
            mean[part] = right.mean(axis=(1, 2))
            of_item = right.mean(axis=2)
            within[part] = (of_item * (1 - of_item)).mean(axis=1) * repeats / (repeats - 1)
            between[part] = right.mean(axis=1).var(axis=1, ddof=1)
        return noise_of_moments(mean, within, between, n, repeats)
    counts = np.arange(repeats + 1)
    mean[:], within[:] = 0.0, 0.0
    for chance, size in _groups(items):
        histogram = rng.multinomial(size, _binomial(repeats, chance), size=trials)
        mean += histogram @ counts / (n * repeats)
        within += histogram @ (counts * (repeats - counts)) / (n * repeats * (repeats - 1))
    between = within / n * rng.chisquare(repeats - 1, trials) / (repeats - 1)
    return noise_of_moments(mean, within, between, n, repeats)


def moved(noise: RunNoise, shift: float, rng: np.random.Generator) -> RunNoise:
    """Return the same runs with a normal shift of standard deviation `shift` common to all items of a repeat."""
    if shift == 0:
        return noise
    trials, repeats = len(noise.mean), noise.repeats
    own = rng.normal(0.0, 1.0, (trials, repeats)) * np.sqrt(noise.observed_variance / noise.n)[:, np.newaxis]
    own -= own.mean(axis=1, keepdims=True)
    shifts = rng.normal(0.0, shift, (trials, repeats))
    mean = np.clip(noise.mean + shifts.mean(axis=1), 0.0, 1.0)
    between = (own + shifts).var(axis=1, ddof=1)
    return noise_of_moments(mean, noise.observed_variance, between, noise.n, repeats)


def draw_mean(items: Floats, runs: int, trials: int, rng: np.random.Generator) -> Floats:
    """Return the means of `trials` sources that ran `runs` times."""
    total = np.zeros(trials)
    for chance, size in _groups(items):
        total += rng.binomial(size * runs, chance, trials)
    return total / (len(items) * runs)


def _groups(items: Floats) -> list[tuple[float, int]]:
    """Return (chance, how many items): at most 40 groups, each with the mean chance of its items."""
    parts = np.array_split(np.sort(items), min(40, len(items)))
    return [(float(part.mean()), len(part)) for part in parts]


def _binomial(repeats: int, chance: float) -> Floats:
    share = stats.binom.pmf(np.arange(repeats + 1), repeats, chance)
    return share / share.sum()


def expected_error(cell: Cell, ours: Floats) -> float:
    """Return the standard error that the rule has to work with in this cell, from the true chances."""
    within = float((ours * (1 - ours)).mean())
    run = within / (cell.n * cell.repeats)
    theirs = MEAN * (1 - MEAN) / cell.n if cell.source.stated is None else within / (cell.n * cell.source.stated)
    return float(np.sqrt(run + theirs))


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean())


def simulate_all(
    trials: int,
    items: Sequence[int] = ITEMS,
    processes: int = 2,
    cells: Callable[[], Iterator[Cell]] = grid,
) -> list[tuple[Cell, Rates]]:
    """Return every cell of the grid with its rates; a cell's seed depends on its place in the grid only."""
    numbered = [(index, cell) for index, cell in enumerate(cells()) if cell.n in items]
    with ProcessPoolExecutor(processes) as pool:
        found = pool.map(partial(_seeded, trials), numbered, chunksize=8)
        rows = list(track(found, "simulating", len(numbered)))
    return [(cell, rates) for (_, cell), rates in zip(numbered, rows, strict=True) if rates is not None]


def _seeded(trials: int, numbered: tuple[int, Cell]) -> Rates | None:
    index, cell = numbered
    return simulate(cell, trials, np.random.default_rng([SEED, index]))
