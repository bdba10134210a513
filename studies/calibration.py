"""The rule's own error rates, by simulation: how often it is wrong, how often it can say anything.

    python -m studies.calibration               the whole grid, a minute on two processors
    python -m studies.calibration --trials 500  quicker and coarser

Writes calibration.csv (the worst cell of every n, K and source) and calibration.svg (how often a claim counts
as reproduced, by how far it is off) beside this file, and prints every limit with what was found.
"""

import argparse
import csv
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studies.simulated import ITEMS, REPEATS, SOURCES, Cell, Rates, shifted_grid, simulate_all


@dataclass(frozen=True)
class Limit:
    """What the rule is held to: a rate in certain cells, and what it may be at most (or at least)."""

    name: str
    cells: Callable[[Cell], bool]
    excess: Callable[[Rates], float]
    """How far the rate is beyond the limit; negative where it keeps it."""
    rate: Callable[[Rates], float]


def _at_margin(cell: Cell) -> bool:
    return abs(cell.offset) == 1


def _large(cell: Cell) -> bool:
    # A source that says nothing is taken for noisier than most are: its intervals cover more, on purpose.
    return cell.n * cell.repeats >= 5_000 and cell.source.stated is not None


LIMITS = (
    Limit(
        "false reproductions at |d| = δ, at most 5 %",
        _at_margin,
        lambda r: r.reproduced - 0.05,
        lambda r: r.reproduced,
    ),
    Limit(
        "false contradictions at |d| = δ, at most 2.5 %",
        _at_margin,
        lambda r: r.contradicted - 0.025,
        lambda r: r.contradicted,
    ),
    Limit(
        "coverage of the 90 % interval, at least 89 %",
        lambda _: True,
        lambda r: 0.89 - r.covered90,
        lambda r: r.covered90,
    ),
    Limit(
        "coverage of the 95 % interval, at least 94 %",
        lambda _: True,
        lambda r: 0.94 - r.covered95,
        lambda r: r.covered95,
    ),
    Limit(
        "90 % before widening, at most 91 %", _large, lambda r: r.covered90_bare - 0.91, lambda r: r.covered90_bare
    ),
    Limit(
        "95 % before widening, at most 96 %", _large, lambda r: r.covered95_bare - 0.96, lambda r: r.covered95_bare
    ),
    Limit(
        "reproduced at d = 0, at least the closed form less 2 points",
        lambda c: c.offset == 0,
        lambda r: r.power - 0.02 - r.reproduced,
        lambda r: r.reproduced,
    ),
)


@dataclass(frozen=True)
class Kept:
    """How a limit was kept over all its cells."""

    limit: Limit
    cells: int
    worst: float
    """The excess of the worst cell; negative where every cell keeps the limit outright."""
    where: Cell
    beyond2: float
    """Share of cells beyond the limit by more than 2 simulation standard errors."""
    beyond4: int
    """Cells beyond it by more than 4."""

    @property
    def ok(self) -> bool:
        """No cell beyond 4 simulation standard errors, at most 3 % beyond 2."""
        return self.beyond4 == 0 and self.beyond2 <= 0.03


def judge(limit: Limit, rows: Sequence[tuple[Cell, Rates]], trials: int) -> Kept:
    """Return how `limit` was kept; the simulation's own error is that of its rate over `trials` trials."""
    held = [(cell, rates) for cell, rates in rows if limit.cells(cell)]
    excess = np.array([limit.excess(rates) for _, rates in held])
    rates = np.array([limit.rate(rates) for _, rates in held])
    allowed = rates - excess
    error = np.sqrt(np.maximum(allowed * (1 - allowed), 1 / trials) / trials)
    worst = int(excess.argmax())
    beyond = excess / error
    return Kept(
        limit, len(held), float(excess[worst]), held[worst][0], float((beyond > 2).mean()), int((beyond > 4).sum())
    )


COLUMNS = (
    "n", "repeats", "source", "false reproduced", "false contradicted", "coverage 90", "coverage 95",
    "power at 1 point", "closed form", "within 2 points: false reproduced", "item interval: false reproduced",
)  # fmt: skip


def summary(rows: Sequence[tuple[Cell, Rates]]) -> list[list[object]]:
    """Return, for every n, K and source, the worst rate over spreads, margins and offsets (COLUMNS)."""
    found: list[list[object]] = []
    for n, repeats, source in itertools.product(ITEMS, REPEATS, SOURCES):
        held = [(c, r) for c, r in rows if (c.n, c.repeats, c.source) == (n, repeats, source)]
        edge = [r for c, r in held if _at_margin(c)]
        at_one = [r for c, r in held if c.margin == "1 point" and c.offset == 0]
        if not edge:
            continue
        power = min(at_one, key=lambda r: r.reproduced)
        numbers = [
            max(r.reproduced for r in edge),
            max(r.contradicted for r in edge),
            min(r.covered90 for _, r in held),
            min(r.covered95 for _, r in held),
            power.reproduced,
            power.power,
            # Off by 2 points or more a claim is off by any standard of the two naive rules.
            max(_off(held, lambda r: r.within_two_points), default=float("nan")),
            max(_off(held, lambda r: r.inside_item_interval), default=float("nan")),
        ]
        found.append([n, repeats, source.name, *(round(x, 4) for x in numbers)])
    return found


def _off(held: Sequence[tuple[Cell, Rates]], rate: Callable[[Rates], float]) -> list[float]:
    return [rate(r) for c, r in held if c.margin == "1 point" and abs(c.offset) == 2]


def plot(rows: Sequence[tuple[Cell, Rates]], path: Path) -> None:
    """Write how often a claim counts as reproduced, by how far it is off, for the rule and the naive ones."""
    import altair as alt  # noqa: PLC0415 - only the plot needs it

    rules = {
        "this rule": lambda r: r.reproduced,
        "within 2 points": lambda r: r.within_two_points,
        "inside our 95 % item interval": lambda r: r.inside_item_interval,
    }
    points = [
        {"n": f"{c.n:,} items", "off": 100 * 0.01 * c.offset, "rule": name, "rate": rate(r)}
        for c, r in rows
        for name, rate in rules.items()
        if (c.repeats, c.source.stated, c.spread, c.margin) == (16, 16, "items differ", "1 point")
    ]
    order = [f"{n:,} items" for n in ITEMS]
    chart = (
        alt.Chart(alt.Data(values=points), width=200, height=150)
        .mark_line(point=True)
        .encode(
            alt.X("off:Q", title="claim is off by (points)"),
            alt.Y(
                "rate:Q", title="counts as reproduced", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])
            ),
            alt.Color("rule:N", title=None, sort=list(rules), legend=alt.Legend(orient="top", labelLimit=300)),
            alt.Facet("n:N", title=None, columns=3, sort=order),
        )
        .properties(title="Margin 1 point; 16 repeats on either side, stated; items differ in difficulty")
    )
    chart.save(str(path))


def print_shifted(rows: Sequence[tuple[Cell, Rates]]) -> None:
    """Print how often the rule is wrong at the margin's edge when whole repeats move together: no limit is set."""
    print(
        "whole repeats move together · K · worst of n: reproduced, contradicted at |d| = δ; contradicted at d = 0"
    )
    for shift, repeats, source in itertools.product((0.005, 0.01), REPEATS, SOURCES):
        held = [(c, r) for c, r in rows if (c.shift, c.repeats, c.source) == (shift, repeats, source)]
        edge = [r for c, r in held if _at_margin(c)]
        if edge:
            rates = (
                max(r.reproduced for r in edge),
                max(r.contradicted for r in edge),
                max(r.contradicted for c, r in held if c.offset == 0),
            )
            shown = ", ".join(f"{rate:.1%}" for rate in rates)
            print(f"{100 * shift:g} point(s) · {repeats} · {source.name}: {shown}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--items", type=int, nargs="*", default=list(ITEMS), help="only these numbers of items")
    chosen = parser.parse_args()
    rows = simulate_all(chosen.trials, chosen.items)
    folder = Path(__file__).parent
    with (folder / "calibration.csv").open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *summary(rows)])
    plot(rows, folder / "calibration.svg")
    print(f"{len(rows):,} cells of {chosen.trials:,} trials")
    for limit in LIMITS:
        kept = judge(limit, rows, chosen.trials)
        beyond = f"{kept.beyond2:.1%} beyond 2 SE, {kept.beyond4} beyond 4, worst by {100 * kept.worst:.1f} points"
        print(f"{'kept' if kept.ok else 'NOT KEPT'} · {limit.name} · {kept.cells} cells, {beyond}: {kept.where}")
    print_shifted(simulate_all(chosen.trials, chosen.items, cells=shifted_grid))
    for name, rate in (
        ("this rule", lambda r: r.reproduced),
        ("within 2 points", lambda r: r.within_two_points),
        ("inside our 95 % item interval", lambda r: r.inside_item_interval),
    ):
        for points in (1, 2):
            off = [rate(r) for c, r in rows if c.margin == "1 point" and abs(c.offset) == points]
            print(f"{name} · off by {points} point(s): reproduced {np.mean(off):.1%} (worst cell {max(off):.1%})")


if __name__ == "__main__":
    main()
