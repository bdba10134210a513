from harness.verdicts.gates import check
from tests.examples import sample


def gate(name, samples, expected, cap_known=True):
    return next(g for g in check(samples, expected, cap_known=cap_known) if g.gate == name)


def test_an_unanswered_repeat_fails_coverage_and_a_failed_one_does_not():
    samples = [sample(0), sample(1, status="error")]
    assert gate("coverage", samples, [s.key for s in samples]).passed
    missing = gate("coverage", samples, [s.key for s in samples] + [("quiz/00002", 0)])
    assert (missing.value, missing.passed) == (1, False)


def test_more_than_one_error_in_two_hundred_fails():
    samples = [sample(i) for i in range(199)] + [sample(199, status="error")]
    assert gate("errors", samples, []).passed
    assert not gate("errors", [*samples, sample(200, status="error")], []).passed


def test_truncation_counts_unless_the_source_was_cut_at_the_same_length():
    samples = [sample(i, status="truncated") for i in range(10)]
    assert gate("truncation", samples, [], cap_known=True).passed
    assert not gate("truncation", samples, [], cap_known=False).passed


def test_empty_answers_are_counted():
    assert not gate("empty", [sample(0, status="empty")], []).passed
