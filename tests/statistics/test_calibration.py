"""The calibration study, smaller: the whole grid at two numbers of items, fixed seeds."""

import numpy as np
import pytest

from studies.calibration import LIMITS, judge, summary
from studies.simulated import OFFSETS, Cell, Source, simulate, simulate_all

TRIALS = 300


@pytest.fixture(scope="module")
def rows():
    return simulate_all(TRIALS, [198, 2822])


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_the_rule_keeps_its_limit(rows, limit):
    kept = judge(limit, rows, TRIALS)
    assert kept.cells > 50
    assert kept.ok, kept


@pytest.mark.parametrize("naive", ["within_two_points", "inside_item_interval"])
def test_the_rule_is_taken_in_less_often_than_a_naive_one(rows, naive):
    off = [rates for cell, rates in rows if cell.margin == "1 point" and abs(cell.offset) >= 1]
    ours = np.mean([rates.reproduced for rates in off])
    assert ours < 0.05
    assert np.mean([getattr(rates, naive) for rates in off]) > 0.3


def test_a_rule_that_never_decides_would_not_pass(rows):
    power = LIMITS[-1]
    assert any(power.excess(rates) + rates.reproduced > 0.5 for cell, rates in rows if power.cells(cell))


def test_the_summary_has_a_line_for_every_number_of_items_repeats_and_source(rows):
    assert len(summary(rows)) == 2 * 4 * 5


def test_an_inflated_claim_passes_for_true_under_the_item_interval():
    cell = Cell(198, 16, Source("ran 16 times", 16, 16), "items differ", "1 point", 2.0)
    rates = simulate(cell, 500, np.random.default_rng(3))
    assert rates.inside_item_interval > 0.9
    assert rates.reproduced == 0
    assert max(OFFSETS) == 2.0
