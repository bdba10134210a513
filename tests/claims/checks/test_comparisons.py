import pytest

from harness.claims.checks.comparisons import (
    exceeds_on_benchmark,
    press_against_table,
    prose_against_table,
    wins_over_rows,
)
from harness.records import Finding, Subject
from tests.examples import benchmark, desk, source, statement, table

CARD = source(of="m")
KOREAN = [benchmark(id=name, names=[name.upper()], capability=["korean"]) for name in ("a", "b", "c")]
ALL_AHEAD = table({"a": {"m": "80.0", "n": "70.0"}, "b": {"m": "60.0", "n": "59.0"}}, source=CARD)
MIXED = table({"a": {"m": "80.0", "n": "70.0"}, "b": {"m": "60.0", "n": "69.0"}}, source=CARD)
BEHIND = table({"a": {"m": "60.0", "n": "70.0"}, "b": {"m": "50.0", "n": "59.0"}}, source=CARD)


def only(findings) -> Finding:
    (found,) = findings
    return found


def ahead(**changes):
    data = {"kind": "exceeds", "value": None, "unit": "text", "capability": "korean", "comparators": ["n"]}
    return statement(**(data | changes))


@pytest.mark.parametrize(
    ("rows", "verdict", "severity"),
    [(ALL_AHEAD, "reproduced", "none"), (MIXED, "undecided", "minor"), (BEHIND, "contradicted", "major")],
)
def test_a_skill_is_held_against_every_published_row_of_it(rows, verdict, severity):
    found = only(press_against_table(desk(rows, ahead(), benchmarks=KOREAN)))
    assert (found.verdict, found.severity) == (verdict, severity)


def test_the_rows_that_were_not_won_are_named():
    found = only(press_against_table(desk(MIXED, ahead(), benchmarks=KOREAN)))
    assert "not ahead in b 60.0 : 69.0" in found.arithmetic


def test_rows_of_other_skills_do_not_count():
    other = [benchmark(id=name, names=[name.upper()], capability=["coding"]) for name in ("a", "b")]
    found = only(press_against_table(desk(BEHIND, ahead(), benchmarks=other)))
    assert (found.verdict, found.severity) == ("undecided", "info")


def test_a_loosely_named_comparator_may_mean_any_of_its_variants():
    rows = table({"a": {"m": "80.0", "n_high": "90.0", "n_low": "70.0"}}, source=CARD)
    variants = [Subject(id=f"n_{effort}", name=effort, kind="variant", of="n") for effort in ("high", "low")]
    found = only(press_against_table(desk(rows, ahead(), benchmarks=KOREAN, subjects=variants)))
    assert found.verdict == "undecided"


def test_to_compete_with_names_no_limit_and_decides_nothing():
    found = only(press_against_table(desk(BEHIND, ahead(kind="at_least"), benchmarks=KOREAN)))
    assert (found.verdict, found.severity) == ("undecided", "info")


class TestRatioWithoutBenchmark:
    ROWS = table({"a": {"m": "64.7", "n": "41.5"}, "b": {"m": "81.0", "n": "79.2"}}, source=CARD)

    def ratio(self, value: str, kind: str = "ratio"):
        return statement(kind=kind, value=value, capability="korean", comparators=["n"])

    def test_a_row_that_gives_it_supports_it(self):
        found = only(press_against_table(desk(self.ROWS, self.ratio("156"), benchmarks=KOREAN)))
        assert found.verdict == "reproduced"

    def test_without_such_a_row_the_nearest_are_listed(self):
        found = only(press_against_table(desk(self.ROWS, self.ratio("148"), benchmarks=KOREAN)))
        assert (found.verdict, found.severity) == ("undecided", "minor")
        assert found.arithmetic.startswith("a (mode not stated): 64.7 / 41.5 = 155.9 %")

    def test_ahead_by_is_read_as_a_ratio_and_as_a_lead(self):
        found = only(press_against_table(desk(self.ROWS, self.ratio("56", kind="exceeds"), benchmarks=KOREAN)))
        assert found.verdict == "reproduced"
        assert "a lead" in found.says


class TestWinsOverANamedTable:
    def claim(self, **changes):
        data = {"value": None, "unit": "text", "capability": None, "over": {"tables": ["card/results"]}}
        return ahead(**(data | changes))

    def test_the_number_of_won_rows_is_counted(self):
        told = self.claim(value="2", unit="benchmarks")
        assert only(wins_over_rows(desk(ALL_AHEAD, told, benchmarks=KOREAN))).verdict == "reproduced"

    def test_a_planted_number_is_contradicted(self):
        told = self.claim(value="2", unit="benchmarks")
        found = only(wins_over_rows(desk(MIXED, told, benchmarks=KOREAN)))
        assert (found.verdict, found.recomputed[0]) == ("contradicted", "1")

    def test_almost_every_row_is_widened_as_worded(self):
        twelve = {f"r{i}": {"m": "2", "n": "1"} for i in range(12)} | {"last": {"m": "1", "n": "2"}}
        found = only(wins_over_rows(desk(table(twelve, source=CARD), self.claim(hedge="about"))))
        assert found.verdict == "reproduced"

    def test_a_level_without_a_limit_stays_open_with_the_means(self):
        found = only(wins_over_rows(desk(MIXED, self.claim(kind="at_least"), benchmarks=KOREAN)))
        assert (found.verdict, found.severity) == ("undecided", "info")


class TestProse:
    def score(self, value: str, **changes):
        return statement(value=value, benchmark="a", **changes)

    def test_a_score_that_stands_in_a_table_is_silent(self):
        assert list(prose_against_table(desk(ALL_AHEAD, self.score("80")))) == []

    def test_a_planted_score_is_found_beside_the_tables(self):
        found = only(prose_against_table(desk(ALL_AHEAD, self.score("81.3"))))
        assert found.verdict == "undecided"
        assert "80.0 (card)" in found.arithmetic

    def test_a_score_of_another_mode_is_not_compared(self):
        thinking = table({"a": {"m": "80.0"}}, source=CARD, mode="thinking")
        assert list(prose_against_table(desk(thinking, self.score("70.0", mode="non_thinking")))) == []


class TestExceedsOnABenchmark:
    def claim(self):
        return statement(kind="exceeds", value=None, unit="text", benchmark="a", comparators=["n"])

    def test_two_papers_that_put_it_ahead_agree(self):
        assert only(exceeds_on_benchmark(desk(ALL_AHEAD, self.claim()))).verdict == "reproduced"

    def test_two_papers_that_put_it_behind_contradict_it(self):
        assert only(exceeds_on_benchmark(desk(BEHIND, self.claim()))).verdict == "contradicted"

    def test_without_both_numbers_nothing_is_said(self):
        assert list(exceeds_on_benchmark(desk(table({"a": {"m": "1"}}), self.claim()))) == []
