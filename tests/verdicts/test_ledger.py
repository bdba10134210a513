import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.records import Deviation, Says
from harness.verdicts import Context, RunEvidence, SizeEvidence, decide
from tests.examples import SOURCE, benchmark, claim, run, sample

CONTEXT = Context(benchmark(), Says(en="no run", ko="실행 없음"), Says.same("harness run …"), "0.1.0")
KNOWN = {"known": {"temperature": 0.5, "max_tokens": 100}}
STEADY = [[1.0] * 8] * 500 + [[0.0] * 8] * 500
DEVIATION = Deviation(field="weights", value="q4", says=Says(en="through 4 bits", ko="4비트"))


def verdict_on(value, table=STEADY, **changes):
    found = claim(value=value, repeats=8, protocol=KNOWN, **changes)
    return decide(found, {"m": [run(table)]}, None, CONTEXT)


def test_a_claim_that_our_measurement_meets_is_reproduced():
    assert verdict_on("50.0").verdict == "reproduced"


def test_a_claim_far_from_our_measurement_is_contradicted():
    found = verdict_on("60.0")
    assert found.verdict == "contradicted"
    assert found.difference == pytest.approx(-10.0)


def test_a_claim_at_the_edge_of_the_margin_is_undecided_and_says_what_would_decide_it():
    found = verdict_on("51.0")
    assert found.verdict == "undecided"
    assert "decide" in found.next.en


def test_a_source_that_states_neither_decoding_nor_repeats_cannot_be_held_to_one_point():
    known_cap = claim(value="50.0", protocol={"known": {"max_tokens": 100}})
    found = decide(known_cap, {"m": [run(STEADY)]}, None, CONTEXT)
    assert found.verdict == "undecided"
    assert found.next.en.startswith("cannot be decided")


def test_a_deviation_caps_the_verdict_unless_the_claim_is_about_it():
    evidence = run(STEADY, deviations=[DEVIATION])
    about_released = claim(value="50.0", repeats=8, protocol=KNOWN)
    about_four_bits = claim(value="50.0", repeats=8, protocol={"known": {**KNOWN["known"], "weights": "q4"}})
    assert decide(about_released, {"m": [evidence]}, None, CONTEXT).verdict == "undecided"
    assert decide(about_four_bits, {"m": [evidence]}, None, CONTEXT).verdict == "reproduced"


def test_a_second_hand_source_is_never_contradicted():
    assert verdict_on("60.0", source={**SOURCE, "read": "second_hand"}).verdict == "undecided"


def test_what_the_source_states_and_we_did_otherwise_caps_the_verdict():
    for stated in ({"harness": "lighteval"}, {"weights": "q4"}, {"max_tokens": 99}, {"judge": "x"}):
        found = claim(value="60.0", repeats=8, protocol={"known": {**KNOWN["known"], **stated}})
        verdict = decide(found, {"m": [run(STEADY)]}, None, CONTEXT)
        assert verdict.verdict == "undecided", stated
        assert [d.field for d in verdict.deviations] == list(stated)


def test_a_repeat_under_way_does_not_spoil_the_whole_ones():
    evidence = run([[1.0, 1.0], [0.0, 0.0]])
    more = [*evidence.samples, sample(0, 2)]
    found = decide(
        claim(protocol=KNOWN), {"m": [RunEvidence(evidence.manifest, more, evidence.folder)]}, None, CONTEXT
    )
    assert (found.repeats, found.measured) == (2, 50.0)


def test_a_metric_that_no_sample_holds_is_not_taken_for_zero():
    context = Context(benchmark(score={"metric": "acc_norm"}), CONTEXT.why_not_run, code="0.1.0")
    found = decide(claim(protocol=KNOWN), {"m": [run(STEADY)]}, None, context)
    assert found.verdict == "not_measured"
    assert "acc_norm" in found.reasons[0].en


def test_of_two_equal_runs_the_newer_one_speaks():
    old, new = run([[0.0, 0.0]] * 9), run([[1.0, 1.0]] * 9)
    later = [s.model_copy(update={"started": "2027-01-01T00:00:00.000+00:00"}) for s in new.samples]
    new = RunEvidence(new.manifest, later, "results/runs/m/quiz/new")
    for runs in ([old, new], [new, old]):
        assert decide(claim(protocol=KNOWN), {"m": runs}, None, CONTEXT).measured == 100.0


def test_a_run_with_a_hole_is_our_fault_and_no_measurement():
    evidence = run([[1.0, 1.0], [0.0, 0.0]])
    for hole, gate in ((0, "1 answers missing"), (1, "1 repeat(s)")):
        left = [s for i, s in enumerate(evidence.samples) if i != hole]
        found = decide(
            claim(protocol=KNOWN), {"m": [RunEvidence(evidence.manifest, left, evidence.folder)]}, None, CONTEXT
        )
        assert found.verdict == "not_measured"
        assert gate in found.reasons[0].en


def test_one_repeat_is_no_measurement():
    found = decide(claim(protocol=KNOWN), {"m": [run([[1.0], [0.0]])]}, None, CONTEXT)
    assert found.verdict == "not_measured"
    assert "repeat(s)" in found.reasons[0].en


def test_without_a_run_the_command_that_would_measure_is_named():
    found = decide(claim(), {}, None, CONTEXT)
    assert (found.verdict, found.next.en) == ("not_measured", "harness run …")


def test_only_the_items_of_the_claim_count():
    table = [[1.0, 1.0]] * 10
    evidence = run(table, total=10)
    wrong_elsewhere = [*evidence.samples[:0]]
    for s in evidence.samples:
        index = int(s.item.split("/")[1])
        wrong_elsewhere.append(s if index % 5 == 0 else sample(index, s.repeat, 0.0))
    found = decide(
        claim(value="100", items=2, protocol=KNOWN),
        {"m": [RunEvidence(evidence.manifest, wrong_elsewhere, evidence.folder)]},
        None,
        CONTEXT,
    )
    assert (found.measured, found.n) == (100.0, 2)


def test_two_protocols_that_disagree_make_the_claim_depend_on_the_protocol():
    low = run([[0.0] * 8] * 1000, protocol="other")
    found = decide(claim(value="50.0", repeats=8, protocol=KNOWN), {"m": [run(STEADY), low]}, None, CONTEXT)
    assert found.verdict == "protocol_dependent"
    assert "other" in found.reasons[0].en


def size_claim(value):
    return claim(kind="structure", value=value, unit="parameters", quantity="parameters_total", benchmark=None)


@pytest.mark.parametrize(
    ("value", "outcome"), [("135M", "reproduced"), ("120M", "contradicted"), ("132M", "undecided")]
)
def test_a_stated_size_is_held_against_the_checkpoint(value, outcome):
    found = decide(size_claim(value), {}, SizeEvidence(134_515_008, "a package"), CONTEXT)
    assert found.verdict == outcome


def test_what_no_lane_can_test_is_not_testable():
    found = decide(claim(lanes=[], untestable="the items are closed"), {}, None, CONTEXT)
    assert found.verdict == "not_testable"


def test_a_metric_that_the_task_does_not_report_is_not_guessed():
    found = decide(claim(metric="elo"), {"m": [run(STEADY)]}, None, CONTEXT)
    assert (found.verdict, found.measured) == ("not_measured", None)


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0]), min_size=3, max_size=3), min_size=2, max_size=12))
def test_a_claim_equal_to_the_measurement_is_never_contradicted(table):
    mean = sum(map(sum, table)) / (3 * len(table))
    assert verdict_on(f"{100 * mean:.4f}", table).verdict != "contradicted"


def test_the_same_input_gives_the_same_bytes():
    assert verdict_on("50.0").model_dump_json() == verdict_on("50.0").model_dump_json()


def test_a_run_that_thought_decides_no_claim_about_answers_without_thinking():
    thought, direct = run(STEADY, thinks=True), run(STEADY, thinks=False)
    spoken = claim(value="50.0", mode="non_thinking")
    assert decide(spoken, {"m": [thought]}, None, Context(benchmark())).verdict == "not_measured"
    assert decide(spoken, {"m": [direct]}, None, Context(benchmark())).verdict != "not_measured"
    assert decide(claim(value="50.0"), {"m": [thought]}, None, Context(benchmark())).verdict != "not_measured"


def test_models_under_their_own_makers_protocols_are_compared():
    ours, theirs = run(STEADY, protocol="maker/m"), run(STEADY, protocol="maker/other")
    lead = claim(kind="exceeds", value=None, comparators=["other"])
    found = decide(lead, {"m": [ours], "other": [theirs]}, None, Context(benchmark()))
    assert found.verdict != "not_measured"
    elsewhere = run(STEADY, protocol="house")
    assert decide(lead, {"m": [ours], "other": [elsewhere]}, None, Context(benchmark())).verdict == "not_measured"
