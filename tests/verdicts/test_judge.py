import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.records import Deviation, Says, Verdict
from harness.verdicts import Evidence, judge
from tests.verdicts.examples import answers, drawn, evidence, steady, terms

STATED = {"k_source": 8, "source_decoding": "same"}
SCORES = st.sampled_from([0.0, 0.5, 1.0])


def tables(repeats=3, most=12):
    row = st.lists(SCORES, min_size=repeats, max_size=repeats)
    return st.lists(row, min_size=2, max_size=most).map(np.array)


def test_a_number_that_we_find_again_is_reproduced():
    assert judge(terms("50.0", **STATED), evidence(steady(500, 500))).verdict == "reproduced"


@pytest.mark.parametrize("value", ["47.0", "53.0"])
def test_a_number_that_is_off_either_way_is_contradicted(value):
    verdict = judge(terms(value, **STATED), evidence(steady(500, 500)))
    assert verdict.verdict == "contradicted"
    assert verdict.difference == pytest.approx(50 - float(value))


def test_everything_is_in_the_unit_of_the_claim():
    seen = evidence(drawn(np.full(200, 0.5), 4))
    percent = judge(terms("50.0", **STATED), seen)
    fraction = judge(terms("0.500", unit="fraction", **STATED), seen)
    assert percent.measured == pytest.approx(100 * fraction.measured)
    assert (percent.delta, fraction.delta) == (1.0, 0.01)
    for name in ("tipping_delta", "mde80", "error"):
        assert getattr(percent, name) == pytest.approx(100 * getattr(fraction, name), rel=1e-3)


def test_a_metric_with_another_range_is_read_on_its_own_scale():
    verdict = judge(terms("5.5", unit="points", range=(1, 10), **STATED), evidence(steady(500, 500)))
    assert (verdict.measured, verdict.delta) == (5.5, pytest.approx(0.09))


def test_one_run_of_an_unknown_kind_on_198_items_decides_nothing_at_one_point():
    verdict = judge(terms("50.5", n=198), evidence(steady(100, 98, repeats=16)))
    assert verdict.verdict == "undecided"
    assert verdict.next.en.startswith("cannot be decided at 1 point: the source does not state its decoding")


def test_more_repeats_are_asked_for_where_they_would_help():
    chances = np.full(3000, 0.5)
    verdict = judge(terms("50.0", k_source=64, source_decoding="same"), evidence(drawn(chances, 2)))
    assert verdict.verdict == "undecided"
    assert "more repeats of each item" in verdict.next.en


def test_a_floor_is_met_by_more_and_missed_by_less():
    for value, expected in (("30.0", "reproduced"), ("50.0", "reproduced"), ("70.0", "contradicted")):
        assert judge(terms(value, kind="at_least", **STATED), evidence(steady(500, 500))).verdict == expected


@pytest.mark.parametrize(
    ("hedge", "below"), [("up_to", "reproduced"), ("less_than", "reproduced"), ("exact", "contradicted")]
)
def test_the_wording_says_which_side_counts(hedge, below):
    assert judge(terms("70.0", hedge=hedge, **STATED), evidence(steady(500, 500))).verdict == below


def test_a_known_difference_of_the_set_up_draws_no_verdict():
    off = Deviation(field="weights", value="q4", says=Says(en="through 4 bits", ko="4비트"))
    for value in ("50.0", "70.0"):
        verdict = judge(terms(value, deviations=[off], **STATED), evidence(steady(500, 500)))
        assert verdict.verdict == "undecided"
        assert set(verdict.at.values()) == {"undecided"}
        assert verdict.next.en == "a run without the deviations: weights"


def test_hearsay_is_never_held_against_the_maker():
    assert judge(terms("70.0", read="second_hand", **STATED), evidence(steady(500, 500))).verdict == "undecided"
    assert judge(terms("50.0", read="second_hand", **STATED), evidence(steady(500, 500))).verdict == "reproduced"


def test_the_tipping_margin_is_where_the_verdict_turns():
    found = judge(terms("51.5", **STATED), evidence(drawn(np.full(2000, 0.5), 8)))
    for step, expected in ((-0.001, False), (0.001, True)):
        again = judge(
            terms("51.5", delta=found.tipping_delta + step, **STATED), evidence(drawn(np.full(2000, 0.5), 8))
        )
        assert (again.verdict == "reproduced") is expected


def test_the_margins_beside_the_declared_one_are_shown():
    found = judge(terms("51.5", **STATED), evidence(steady(500, 500)))
    assert list(found.at) == ["2", "3"]
    assert found.at["3"] == "reproduced"


def test_a_comparator_on_the_same_items_makes_a_small_lead_certain():
    base = drawn(np.full(400, 0.6), 4)
    ahead = base.copy()
    ahead[:30] = 1.0
    assert judge(terms(None, kind="exceeds"), evidence(ahead, base)).verdict == "reproduced"
    assert judge(terms(None, kind="exceeds"), evidence(base, ahead)).verdict == "contradicted"
    assert judge(terms(None, kind="exceeds"), evidence(base, base)).verdict == "undecided"


def test_ahead_by_more_than_it_is_ahead_is_contradicted():
    base = steady(200, 200)
    ahead = base.copy()
    ahead[200:240] = 1.0
    for value, expected in (("5.0", "reproduced"), ("20.0", "contradicted")):
        verdict = judge(terms(value, kind="exceeds"), evidence(ahead, base))
        assert verdict.verdict == expected
        assert verdict.difference == pytest.approx(10 - float(value))


def test_three_items_won_and_none_lost_in_one_run_may_be_luck():
    base = np.vstack([np.zeros((40, 1)), np.ones((60, 1))])
    for won, expected in ((3, "undecided"), (4, "reproduced")):
        ahead = base.copy()
        ahead[:won] = 1.0
        assert judge(terms(None, kind="exceeds"), evidence(ahead, base)).verdict == expected


def test_clusters_make_a_lead_less_certain():
    base = drawn(np.full(300, 0.5), 2)
    ahead = base.copy()
    ahead[:40] = 1.0
    passages = [str(row // 40) for row in range(300)]
    alone = judge(terms(None, kind="exceeds"), evidence(ahead, base))
    sides = [answers(side, clusters=passages) for side in (ahead, base)]
    together = judge(terms(None, kind="exceeds"), Evidence(sides[:1], sides[1:]))
    assert (alone.verdict, together.verdict) == ("reproduced", "undecided")


def test_a_ratio_is_one_of_paired_scores():
    base = drawn(np.linspace(0.2, 0.8, 4000), 8)
    for value, expected in (("100", "reproduced"), ("110", "contradicted")):
        found = judge(
            terms(value, kind="ratio", k_source=8, source_decoding="same", delta=4), evidence(base, base)
        )
        assert (found.measured, found.verdict) == (100.0, expected)


def test_a_ratio_to_a_model_that_was_never_right_has_no_value():
    with pytest.raises(ValueError, match="denominator other than zero"):
        judge(terms("1.1", kind="ratio", unit="times"), evidence(steady(5, 5), steady(0, 10)))


def test_other_items_on_the_other_side_are_an_error():
    with pytest.raises(ValueError, match="same items on both sides, found 2 on one only, such as i00008"):
        judge(terms(None, kind="exceeds"), evidence(np.ones((10, 2)), np.ones((8, 2))))


def test_an_average_carries_the_noise_of_every_benchmark():
    parts = [answers(drawn(np.full(n, 0.6), 16, seed=n)) for n in (200, 3000)]
    one = judge(terms("60.0", **STATED), Evidence(parts[1:]))
    both = judge(terms("60.0", kind="average", **STATED), Evidence(parts))
    weighted = judge(terms("60.0", kind="average", weights=[0, 1], **STATED), Evidence(parts))
    assert both.error > weighted.error == pytest.approx(one.error, rel=0.01)
    assert both.measured == pytest.approx(50 * sum(float(part.scores.mean()) for part in parts))


def test_a_place_in_a_table_is_as_sure_as_the_items_make_it():
    best, second = drawn(np.full(500, 0.8), 4, 1), drawn(np.full(500, 0.5), 4, 2)
    for value, expected in (("1", "reproduced"), ("2", "contradicted")):
        found = judge(terms(value, kind="rank", unit="rank"), evidence(best, second))
        assert (found.measured, found.verdict) == (1, expected)
    level = judge(terms("1", kind="rank", unit="rank"), evidence(best, best))
    assert (level.verdict, level.probability) == ("undecided", 0.5)


def test_a_grade_is_decided_by_weighted_points_and_cut_offs():
    points = {f"i{row:05d}": 2.0 if row < 25 else 2.5 for row in range(45)}
    exam = {"kind": "exam_grade", "unit": "grade", "points": points, "cutoffs": [90, 80, 70]}
    full_but_six = steady(39, 6, repeats=32)
    assert judge(terms("2", **exam), evidence(full_but_six)).verdict == "reproduced"
    assert judge(terms("2", **exam), evidence(full_but_six)).measured == pytest.approx(85)
    assert judge(terms("1", **exam), evidence(full_but_six)).verdict == "contradicted"
    assert judge(terms("4", **exam), evidence(full_but_six)).verdict == "contradicted"


def test_seconds_are_compared_over_whole_repeats():
    rng = np.random.default_rng(5)
    seconds = rng.gamma(20, 0.05, (200, 16))
    mean = seconds.mean()
    for value, expected in ((f"{mean:.3f}", "reproduced"), (f"{1.2 * mean:.3f}", "contradicted")):
        found = judge(terms(value, kind="latency", unit="seconds", delta=0.05 * mean), evidence(seconds))
        assert found.verdict == expected
    slower = terms(f"{1.2 * mean:.3f}", kind="latency", unit="seconds", hedge="up_to")
    assert judge(slower, evidence(seconds)).verdict == "reproduced"


def test_an_early_look_asks_for_more_than_the_only_one():
    seen = evidence(drawn(np.full(1200, 0.5), 8, seed=3))
    stated = {"k_source": 8, "source_decoding": "same"}
    just = judge(terms("50.0", **stated), seen).tipping_delta + 0.01
    assert judge(terms("50.0", delta=just, looks=[8], **stated), seen).verdict == "reproduced"
    assert judge(terms("50.0", delta=just, looks=[8, 64], **stated), seen).verdict == "undecided"
    assert judge(terms("50.0", delta=4 * just, looks=[8, 64], **stated), seen).verdict == "reproduced"


def test_reasons_are_told_in_both_languages():
    found = judge(terms("70.0", **STATED), evidence(steady(500, 500)))
    assert found.reasons[0].en == "Claimed 70.0, measured 50.0: 20.0 lower."
    assert found.reasons[0].ko == "주장 70.0, 측정 50.0: 20.0 낮다."
    assert "none of it within ±1.0" in found.reasons[1].en


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_items_and_repeats_changes_nothing(table, random):
    rows, columns = list(range(len(table))), list(range(table.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    names = [f"i{row:05d}" for row in rows]
    other = 1 - table
    shuffled = [answers(side[rows][:, columns], items=names) for side in (table, other)]
    for claim in (terms("40.0", **STATED), terms(None, kind="exceeds"), terms("1", kind="rank", unit="rank")):
        others = () if claim.kind == "score" else (other,)
        plain = judge(claim, evidence(table, *others))
        assert judge(claim, Evidence(shuffled[:1], shuffled[1:][: len(others)])) == plain


@given(tables())
@settings(max_examples=40)
def test_swapping_the_two_models_turns_the_sign_of_the_lead(table):
    other = table[::-1]
    first = judge(terms(None, kind="exceeds"), evidence(table, other))
    second = judge(terms(None, kind="exceeds"), evidence(other, table))
    assert first.difference == pytest.approx(-second.difference)
    assert first.interval95 == pytest.approx([-end for end in reversed(second.interval95)], abs=1e-5)
    if first.verdict == "contradicted":  # takes 97.5 %, so the other way round 95 % is there too
        assert second.verdict == "reproduced"


@given(tables(), st.sampled_from(["score", "at_least"]), st.sampled_from([None, 1, 8]))
@settings(max_examples=60)
def test_a_claim_equal_to_the_measurement_is_never_contradicted(table, kind, repeats):
    value = f"{100 * table.mean():.4f}"
    claim = terms(value, kind=kind, k_source=repeats, source_decoding="same" if repeats else "unstated")
    assert judge(claim, evidence(table)).verdict != "contradicted"


@given(tables(), st.sampled_from(["30.0", "50.0", "90.0"]), st.sampled_from(["error", "empty", "truncated"]))
@settings(max_examples=40)
def test_gates_can_only_make_a_verdict_weaker(table, value, status):
    plain = judge(terms(value, **STATED), evidence(table))
    spoiled = answers(table, statuses={"scored": 1, status: table.size - 1})
    assert plain.verdict in ("reproduced", "contradicted", "undecided")
    assert judge(terms(value, **STATED), Evidence([spoiled])).verdict == "not_measured"


def test_more_repeats_make_the_expected_interval_narrower():
    chances = np.random.default_rng(2).beta(1.5, 1, 300)

    def width(repeats):
        found = [
            judge(terms("60.0", k_source=64, source_decoding="same"), evidence(drawn(chances, repeats, seed)))
            for seed in range(20)
        ]
        return np.mean([v.interval90[1] - v.interval90[0] for v in found])

    widths = [width(repeats) for repeats in (2, 4, 8, 16)]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("table", [np.ones((50, 4)), np.zeros((50, 4)), np.ones((1, 4)), np.zeros((1, 2))])
def test_answers_that_never_vary_are_not_taken_for_certain(table):
    value = "100.0" if table[0, 0] else "0.0"
    found = judge(terms(value, **STATED), evidence(table))
    assert found.interval90[0] < 0 < found.interval90[1]
    assert found.mde80 > 0


def test_more_items_than_the_source_measured_are_another_item_set():
    found = judge(terms("50.0", n=800, **STATED), evidence(steady(500, 500)))
    assert (found.verdict, [d.field for d in found.deviations]) == ("undecided", ["items"])
    assert "1,000 items here, 800 in the source" in found.reasons[-1].en


def test_points_of_a_metric_that_ends_at_one_are_points_of_a_hundred():
    found = judge(terms("2.7", kind="exceeds", unit="points"), evidence(steady(60, 40), steady(50, 50)))
    assert (found.measured, found.difference) == (pytest.approx(10), pytest.approx(7.3))


def test_ahead_means_below_where_less_is_better():
    low, high = drawn(np.full(400, 0.3), 4, 1), drawn(np.full(400, 0.6), 4, 2)
    for kind, value in (("exceeds", None), ("rank", "1")):
        claim = terms(value, kind=kind, higher_is_better=False)
        assert judge(claim, evidence(low, high)).verdict == "reproduced"
        assert judge(claim, evidence(high, low)).verdict == "contradicted"


def test_a_ratio_that_could_be_anything_has_no_interval():
    few = np.zeros((30, 2))
    few[:2] = 1.0
    found = judge(terms("1.00", kind="ratio", unit="times"), evidence(steady(10, 20, 2), few))
    assert found.verdict == "undecided"
    assert found.interval95 is found.tipping_delta is found.mde80 is None
    assert "any number" in found.reasons[1].en
    assert Verdict.model_validate_json(found.model_dump_json()) == found


def test_what_is_said_to_decide_a_claim_does_decide_it():
    rng = np.random.default_rng(8)
    chances = rng.beta(2, 1, 2000)
    few = drawn(chances, 2, seed=5)
    claim = terms(f"{100 * few.mean() - 0.3:.1f}", k_source=64, source_decoding="same")
    found = judge(claim, evidence(few))
    assert found.verdict == "undecided"
    enough = 2 + found.more_repeats
    again = np.hstack([few] * (enough // 2 + 1))[:, :enough]  # more repeats of the same mean
    assert judge(claim, evidence(again)).verdict in ("reproduced", "contradicted")


def test_a_place_needs_as_many_comparators_as_it_speaks_of():
    with pytest.raises(ValueError, match="a rank from 1 to 2 with 1 comparators, found 5"):
        judge(terms("5", kind="rank", unit="rank"), evidence(steady(5, 5), steady(6, 4)))


def test_a_lead_that_moves_with_whole_repeats_is_less_sure():
    rng = np.random.default_rng(9)
    chances = np.full(2000, 0.5)
    calm = drawn(chances, 8, 1)
    moved = np.column_stack([drawn(chances + shift, 1, i)[:, 0] for i, shift in enumerate(rng.normal(0, 0.05, 8))])
    width = [
        judge(terms(None, kind="exceeds"), evidence(side, calm)).error for side in (drawn(chances, 8, 2), moved)
    ]
    assert width[1] > 1.3 * width[0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"unit": "%"}, "'%' is no unit"),
        ({"kind": "exceeds", "value": "500"}, "a lead is from 0 to 100"),
        ({"kind": "exceeds", "value": "-5.0"}, "a lead is from 0 to 100"),
        ({"delta": 101}, "wider than the metric"),
        ({"n": 10**12}, "less than or equal to"),
    ],
)
def test_terms_that_no_claim_can_have_are_refused(change, says):
    with pytest.raises(ValueError, match=says):
        terms(**change)


def test_percent_of_a_metric_up_to_a_hundred_is_its_own_scale():
    found = judge(terms("50.0", range=(0, 100), **STATED), evidence(steady(500, 500)))
    assert (found.measured, found.verdict) == (50.0, "reproduced")


def test_milliseconds_are_thousandths():
    seconds = np.random.default_rng(5).gamma(20, 0.05, (200, 16))
    claim = terms(f"{1000 * seconds.mean():.0f}", kind="latency", unit="milliseconds", delta=50)
    assert judge(claim, evidence(seconds)).verdict == "reproduced"


def test_no_interval_leaves_what_a_difference_can_be():
    lead = judge(terms(None, kind="exceeds"), evidence([[1, 1], [0, 1]], [[0, 0], [1, 1]]))
    average = judge(terms("100.0", kind="average"), Evidence([answers(steady(9, 0)), answers(steady(5, 0))]))
    assert lead.interval95 == (-100.0, 100.0)
    assert average.interval95[1] <= 0.05
