import math

import numpy as np
import pytest

from harness.planning.decidable import preflight
from harness.verdicts import judge
from harness.verdicts.runs import terms_of
from tests.examples import benchmark, claim
from tests.verdicts.examples import drawn, evidence

STATED = {"protocol": {"known": {"temperature": 0.6, "max_tokens": 1000}}}


def found(items, value="73.0", **changes):
    return preflight(claim(value=value, **changes), benchmark(items=items), budget=2048)


def test_a_source_that_ran_once_on_198_items_cannot_be_held_to_a_point():
    one = found(198, repeats=1, **STATED)
    assert one.decidable is False
    assert one.why.en.startswith("cannot be decided: the source ran once on 198 items")
    assert one.repeats is one.tokens is None


def test_a_source_that_says_nothing_counts_as_one_run():
    assert found(2822).decidable_from == pytest.approx(found(2822, repeats=1, **STATED).decidable_from)
    assert "does not say how often it ran" in found(2822).why.en
    assert "does not state its decoding" in found(2822, repeats=4).why.en


def test_enough_items_decide_even_one_run():
    one = found(35030)
    assert (one.decidable, one.repeats) == (True, 2)
    assert one.tokens == 35030 * 2 * 2048


def test_a_stated_cap_bounds_the_cost():
    assert found(35030, **STATED).tokens == 35030 * 2 * 1000


def test_never_fewer_repeats_than_the_floor():
    assert found(26, delta="40", delta_reason="small").repeats == 32


@pytest.mark.parametrize(("items", "repeats"), [(2822, 16), (12032, 4)])
def test_the_repeats_it_asks_for_reach_their_power(items, repeats):
    asked = claim(value="73.0", repeats=repeats, **STATED)
    one = preflight(asked, benchmark(items=items), budget=1)
    terms = terms_of(asked, benchmark(items=items), "same")
    truth = np.full(items, 0.73)
    rng = np.random.default_rng(7)

    def reproduced(ours):
        hits = 0
        for seed in range(60):
            said = f"{100 * rng.binomial(items * repeats, 0.73) / (items * repeats):.1f}"
            verdict = judge(terms.model_copy(update={"value": said}), evidence(drawn(truth, ours, seed)))
            hits += verdict.verdict == "reproduced"
        return hits / 60

    assert reproduced(one.repeats) >= 0.80 - 2 * math.sqrt(0.8 * 0.2 / 60)


def test_the_least_margin_is_decidable_and_less_is_not():
    least = found(2822).decidable_from
    for factor, decidable in ((1.01, True), (0.99, False)):
        assert found(2822, delta=f"{least * factor:.4f}", delta_reason="test").decidable is decidable


def test_one_side_needs_less():
    assert found(2822, hedge="at_least").decidable_from < found(2822).decidable_from


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lanes": ["desk"]}, "not a claim for a run"),
        ({"kind": "exceeds", "comparators": ["n"]}, "not known before a run for kind exceeds"),
        ({"value": "730"}, "does not fit the metric"),
    ],
)
def test_what_cannot_be_told_before_a_run_is_said(changes, says):
    one = found(100, **changes)
    assert one.decidable is None
    assert says in one.why.en


def test_a_benchmark_of_unknown_size_tells_nothing():
    assert "number of items unknown" in found(None).why.en
