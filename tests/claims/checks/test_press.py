import pytest

from harness.claims.checks.press import press_against_table, prose_against_table
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
    [(ALL_AHEAD, "reproduced", "none"), (MIXED, "undecided", "minor"), (BEHIND, "undecided", "major")],
)
def test_a_skill_is_held_against_every_published_row_of_it(rows, verdict, severity):
    found = only(press_against_table(desk(rows, ahead(), benchmarks=KOREAN)))
    assert (found.verdict, found.severity) == (verdict, severity)


def test_the_rows_that_were_not_won_are_named():
    found = only(press_against_table(desk(MIXED, ahead(), benchmarks=KOREAN)))
    assert "behind in b 60.0 : 69.0" in found.arithmetic


def test_rows_within_rounding_are_level_and_neither_won_nor_lost():
    close = table({"a": {"m": "80", "n": "80.4"}, "b": {"m": "60.0", "n": "50.0"}}, source=CARD)
    found = only(press_against_table(desk(close, ahead(), benchmarks=KOREAN)))
    assert "1 of 2 rows" in found.arithmetic
    assert "level in a 80 : 80.4" in found.arithmetic


def test_a_row_that_tests_another_skill_first_may_be_left_out():
    skills = [
        benchmark(id="a", names=["A"], capability=["mathematics"]),
        benchmark(id="b", names=["B"], capability=["korean", "mathematics"]),
    ]
    rows = table({"a": {"m": "80.0", "n": "70.0"}, "b": {"m": "1.0", "n": "90.0"}}, source=CARD)
    found = only(press_against_table(desk(rows, ahead(capability="mathematics"), benchmarks=skills)))
    assert (found.verdict, found.severity) == ("undecided", "minor")
    assert "rows of that skill first" in found.says.en


def test_an_earlier_revision_counts_for_press():
    older = table({"a": {"m": "80.0", "n": "70.0"}}, source=CARD, standing="superseded")
    newer = table({"a": {"m": "60.0", "n": "70.0"}}, source=source(id="card-2", of="m", supersedes="card"))
    assert only(press_against_table(desk(older, newer, ahead(), benchmarks=KOREAN))).severity == "minor"


def test_a_comparator_without_a_row_leaves_it_open_and_is_named():
    found = only(press_against_table(desk(ALL_AHEAD, ahead(comparators=["n", "o"]), benchmarks=KOREAN)))
    assert found.verdict == "undecided"
    assert "holds o" in found.says.en


def test_third_parties_tables_speak_where_the_maker_printed_no_such_row():
    maker = table({"x": {"m": "1.0"}}, source=CARD)
    others = table({"a": {"m": "80.0", "n": "70.0"}}, source=source(id="bench", kind="third_party", party="third"))
    assert only(press_against_table(desk(maker, others, ahead(), benchmarks=KOREAN))).verdict == "reproduced"


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

    @pytest.mark.parametrize(("value", "hedge"), [("100", "more_than"), ("150", "about")])
    def test_a_worded_number_is_widened_as_worded(self, value, hedge):
        claim = self.ratio(value).model_copy(update={"hedge": hedge})
        assert only(press_against_table(desk(self.ROWS, claim, benchmarks=KOREAN))).verdict == "reproduced"

    def test_ahead_by_is_read_as_a_ratio_and_as_a_lead(self):
        found = only(press_against_table(desk(self.ROWS, self.ratio("56", kind="exceeds"), benchmarks=KOREAN)))
        assert found.verdict == "reproduced"
        assert "a lead" in found.says.en


class TestProse:
    def score(self, value: str, **changes):
        return statement(value=value, benchmark="a", **changes)

    def test_a_score_that_stands_in_a_table_agrees(self):
        assert only(prose_against_table(desk(ALL_AHEAD, self.score("80")))).severity == "none"

    def test_a_score_that_differs_in_the_last_digit_does_not_stand_there(self):
        assert only(prose_against_table(desk(ALL_AHEAD, self.score("80.1")))).verdict == "undecided"

    def test_a_score_in_another_unit_is_not_compared(self):
        assert list(prose_against_table(desk(ALL_AHEAD, self.score("0.80", unit="fraction")))) == []

    def test_a_planted_score_is_found_beside_the_tables(self):
        found = only(prose_against_table(desk(ALL_AHEAD, self.score("81.3"))))
        assert found.verdict == "undecided"
        assert "80.0 (card)" in found.arithmetic

    def test_a_score_of_another_mode_is_not_compared(self):
        thinking = table({"a": {"m": "80.0"}}, source=CARD, mode="thinking")
        assert list(prose_against_table(desk(thinking, self.score("70.0", mode="non_thinking")))) == []
