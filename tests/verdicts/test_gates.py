import numpy as np
import pytest

from harness.verdicts import Evidence, judge
from harness.verdicts.gates import check
from tests.verdicts.examples import answers, evidence, steady, terms


def gates(table, delta=1.0, **changes):
    found = check(terms(**changes), Evidence([table]), delta)
    return {gate.gate: gate for gate in found}


def ended(**statuses):
    """100 items, ten times each, of which some ended otherwise than scored."""
    rest = 1000 - sum(statuses.values())
    return answers(np.ones((100, 10)), statuses={"scored": rest, **statuses})


def test_an_unanswered_repeat_fails_coverage():
    hole = answers(np.ones((3, 2)), item=[0, 0, 1, 1, 2], repeat=[0, 1, 0, 1, 0], score=[1.0] * 5)
    assert (gates(hole)["coverage"].value, gates(hole)["coverage"].passed) == (1, False)
    assert gates(answers(np.ones((3, 2))))["coverage"].passed


def test_fewer_items_than_the_source_measured_fail_coverage():
    found = gates(answers(np.ones((3, 2))), n=5)["coverage"]
    assert (found.value, found.passed) == (4, False)


@pytest.mark.parametrize(
    ("gate", "status", "most"), [("errors", "error", 5), ("empty", "empty", 5), ("truncation", "truncated", 20)]
)
def test_a_share_of_answers_may_fail_and_no_more(gate, status, most):
    assert gates(ended(**{status: most}))[gate].passed
    assert not gates(ended(**{status: most + 1}))[gate].passed


def test_truncation_does_not_count_where_the_source_was_cut_at_the_same_length():
    assert gates(ended(truncated=500), same_cap=True)["truncation"].passed


def test_an_unparsed_answer_is_no_reason_to_distrust_a_run():
    assert all(gate.passed for gate in gates(ended(unparsed=300)).values())


def test_one_repeat_shows_no_noise():
    assert not gates(answers(np.ones((9, 1))))["repeats"].passed


def test_two_models_may_be_compared_on_one_run_each_but_not_on_one_item():
    assert gates(answers(np.ones((9, 1))), kind="exceeds", value=None)["items"].passed
    assert not gates(answers(np.ones((1, 9))), kind="exceeds", value=None)["items"].passed


def test_items_of_one_cluster_are_one_draw():
    same = answers(np.ones((9, 2)), clusters=["passage"] * 9)
    assert not gates(same, kind="exceeds", value=None)["items"].passed


def test_strict_and_lenient_reading_may_differ_by_the_margin():
    assert gates(answers(np.zeros((9, 2)), lenient=0.009))["extraction gap"].passed
    assert not gates(answers(np.zeros((9, 2)), lenient=0.011))["extraction gap"].passed


def test_answers_as_long_as_the_published_ones_pass():
    for tokens, passed in ((911.0, True), (880.0, False), (1101.0, False), (None, False)):
        found = gates(answers(np.ones((9, 2)), tokens=tokens), published_tokens=1000)
        assert found["answer length"].passed is passed, tokens


def test_a_run_may_stop_at_a_declared_look_only_and_not_below_the_floor():
    table = answers(np.ones((1000, 6)))
    assert not gates(table, looks=[4, 8])["look"].passed
    assert gates(answers(np.ones((1000, 8))), looks=[4, 8])["look"].passed
    assert not gates(answers(np.ones((1000, 2))), looks=[2, 4])["floor"].passed


@pytest.mark.parametrize(
    ("table", "following"),
    [
        (answers(np.ones((9, 1))), "at least two repeats"),
        (answers(np.ones((9, 2)), statuses={"scored": 9, "truncated": 9}), "same_cap: true"),
        (answers(np.ones((2, 2)), item=[0, 0, 1], repeat=[0, 1, 0], score=[1.0] * 3), "the missing answers"),
        (answers(np.ones((9, 2)), statuses={"scored": 9, "empty": 9}), "without what made this one invalid"),
    ],
)
def test_what_would_make_a_run_valid_is_said(table, following):
    assert following in judge(terms("50.0"), Evidence([table])).next.en


def test_a_failed_gate_of_the_comparator_spoils_the_comparison():
    few = answers(np.ones((50, 2)), statuses={"scored": 90, "error": 10})
    verdict = judge(terms(None, kind="exceeds"), Evidence([answers(np.ones((50, 2)))], [few]))
    assert verdict.verdict == "not_measured"
    assert "comparator: 10.0% of the answers failed" in verdict.reasons[0].en


def test_a_failed_gate_says_nothing_about_the_claim():
    spoiled = Evidence([answers(steady(500, 500), statuses={"scored": 7900, "empty": 100})])
    assert judge(terms("90.0", k_source=8, source_decoding="same"), spoiled).verdict == "not_measured"
    assert judge(terms("90.0", k_source=8, source_decoding="same"), evidence(steady(500, 500))).verdict == (
        "contradicted"
    )
