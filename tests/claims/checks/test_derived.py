"""Planted errors must be found; clean tables must stay silent."""

import pytest

from harness.claims.checks.derived import (
    average_from_rows,
    bound_over_rows,
    difference_from_rows,
    mean_of_parts,
    rank_from_rows,
    ratio_from_rows,
)
from harness.records import Finding, KnownProtocol
from tests.examples import benchmark, desk, source, statement, table

CARD = source(of="m")
ROWS = {"quiz": {"m": "89.8", "n": "88.4"}, "maze": {"m": "60.0", "n": "70.0"}}
TABLE = table(ROWS, source=CARD)
BENCHMARKS = [benchmark(), benchmark(id="maze", names=["Maze"])]


def only(findings) -> Finding:
    (found,) = findings
    return found


class TestRatio:
    def ratio(self, value: str, **changes):
        return statement(kind="ratio", value=value, benchmark="quiz", comparators=["n"], mode=None, **changes)

    def test_a_ratio_that_follows_from_its_row_agrees(self):
        found = only(ratio_from_rows(desk(TABLE, self.ratio("102"), benchmarks=BENCHMARKS)))
        assert (found.verdict, found.severity) == ("reproduced", "none")
        assert "89.8 / 88.4 = 101.6 %" in found.arithmetic

    def test_a_planted_ratio_is_contradicted_and_the_arithmetic_is_shown(self):
        found = only(ratio_from_rows(desk(TABLE, self.ratio("110"), benchmarks=BENCHMARKS)))
        assert (found.verdict, found.severity) == ("contradicted", "major")
        assert found.claims[0] == "article/s"
        assert any("card.yaml:1" in place for place in found.evidence)

    def test_the_rounding_of_all_three_numbers_is_allowed(self):
        rows = table({"quiz": {"m": "1.4", "n": "1.0"}}, source=CARD)  # 1.35/1.05 = 1.29 to 1.45/0.95 = 1.53
        for value in ("130", "152"):
            found = only(ratio_from_rows(desk(rows, self.ratio(value), benchmarks=BENCHMARKS)))
            assert found.verdict == "reproduced"

    def test_printed_operands_are_used_before_any_table(self):
        a = statement("a", kind="average", value="72.03", unit="points")
        b = statement("b", kind="average", model="n", value="69.37", unit="points")
        over = {"operands": ["article/a", "article/b"]}
        claim = statement(kind="ratio", value="104", comparators=["n"], over=over)
        assert only(ratio_from_rows(desk(a, b, claim))).verdict == "reproduced"

    def test_a_source_known_second_hand_is_never_contradicted(self):
        heard = source(id="blog", kind="third_party", party="third", read="second_hand")
        found = only(ratio_from_rows(desk(TABLE, self.ratio("110", source=heard), benchmarks=BENCHMARKS)))
        assert found.verdict == "undecided"

    def test_cells_known_second_hand_refute_nobody(self):
        heard = table(ROWS, source=source(of="m", read="second_hand"))
        found = only(ratio_from_rows(desk(heard, self.ratio("110"), benchmarks=BENCHMARKS)))
        assert found.verdict == "undecided"
        assert "known second-hand only" in found.says.en

    def test_a_ratio_without_any_published_row_is_no_finding(self):
        assert list(ratio_from_rows(desk(self.ratio("110"), benchmarks=BENCHMARKS))) == []

    def test_all_named_comparators_have_to_fit(self):
        rows = table({"quiz": {"m": "60.0", "n": "50.0", "o": "59.0"}}, source=CARD)
        claim = self.ratio("120").model_copy(update={"comparators": ["n", "o"]})
        verdicts = [f.verdict for f in ratio_from_rows(desk(rows, claim, benchmarks=BENCHMARKS))]
        assert verdicts == ["reproduced", "contradicted"]

    def test_up_to_gives_the_number_that_was_reached(self):
        low = self.ratio("148").model_copy(update={"hedge": "up_to"})
        assert only(ratio_from_rows(desk(TABLE, low, benchmarks=BENCHMARKS))).verdict == "contradicted"


class TestDifference:
    def lead(self, value: str, name: str = "n"):
        return statement(kind="exceeds", value=value, unit="points", benchmark="quiz", comparators=[name])

    def test_a_lead_that_follows_from_its_row_agrees(self):
        assert only(difference_from_rows(desk(TABLE, self.lead("1.4")))).verdict == "reproduced"

    def test_a_planted_lead_is_contradicted_and_names_the_column_it_fits(self):
        rows = table({"quiz": {"m": "73.0", "n": "72.7", "o": "70.3"}}, source=CARD)
        found = only(difference_from_rows(desk(rows, self.lead("2.7"))))
        assert found.verdict == "contradicted"
        assert "fits o (73.0 − 70.3)" in found.says.en

    def test_where_lower_is_better_the_lead_is_the_other_way_round(self):
        rows = table({"quiz": {"m": "5.0", "n": "7.0"}}, source=CARD)
        lower = benchmark(score={"metric": "cer", "higher_is_better": False})
        assert only(difference_from_rows(desk(rows, self.lead("2.0"), benchmarks=[lower]))).verdict == "reproduced"

    def test_a_lead_in_percent_may_be_a_share(self):
        rows = table({"quiz": {"m": "60.0", "n": "50.0"}}, source=CARD)
        claim = self.lead("20").model_copy(update={"unit": "percent"})
        assert only(difference_from_rows(desk(rows, claim))).verdict == "reproduced"


class TestAverage:
    def average(self, value: str, count: int = 2):
        return statement(
            kind="average", value=value, unit="points", over={"tables": ["card/results"], "count": count}
        )

    def test_a_mean_over_all_rows_agrees(self):
        assert only(average_from_rows(desk(TABLE, self.average("74.90")))).verdict == "reproduced"

    def test_the_wording_chooses_among_the_sets_of_rows(self):
        more = table({**ROWS, "third": {"m": "10.0", "n": "1.0"}}, source=CARD)
        claim = self.average("60").model_copy(update={"hedge": "at_least"})
        assert only(average_from_rows(desk(more, claim))).verdict == "reproduced"

    def test_a_mean_that_no_set_of_rows_gives_stays_open_for_press(self):
        found = only(average_from_rows(desk(TABLE, self.average("75.9"))))
        assert (found.verdict, found.severity) == ("undecided", "minor")
        assert "(89.8 + 60.0) / 2 = 74.9" in found.arithmetic
        assert "card/results/maze/m" in found.claims

    def test_a_table_that_is_here_in_part_contradicts_nobody(self):
        rows = table(ROWS, source=CARD, complete=False)
        claim = self.average("75.9").model_copy(update={"source": rows[0].source})
        assert only(average_from_rows(desk(rows, claim))).verdict == "undecided"

    def test_a_mean_in_the_makers_own_document_is_contradicted(self):
        claim = self.average("75.9").model_copy(update={"source": TABLE[0].source})
        assert only(average_from_rows(desk(TABLE, claim))).verdict == "contradicted"

    def test_the_mean_may_leave_one_row_out_when_the_count_says_so(self):
        more = table({**ROWS, "third": {"m": "10.0", "n": "1.0"}}, source=CARD)
        assert only(average_from_rows(desk(more, self.average("74.9")))).verdict == "reproduced"


PARTS = [
    benchmark(id="whole", names=["Whole"], parts=["a", "b"]),
    benchmark(id="a", names=["A"], items=100),
    benchmark(id="b", names=["B"], items=300),
]


class TestParts:
    @pytest.mark.parametrize("whole", ["50.0", "60.0"])
    def test_plain_and_weighted_means_are_silent(self, whole):
        rows = table({"whole": {"m": whole}, "a": {"m": "30.0"}, "b": {"m": "70.0"}}, source=CARD)
        assert list(mean_of_parts(desk(rows, benchmarks=PARTS))) == []

    def test_a_planted_whole_outside_its_parts_is_contradicted(self):
        rows = table({"whole": {"m": "80.0"}, "a": {"m": "30.0"}, "b": {"m": "70.0"}}, source=CARD)
        found = only(mean_of_parts(desk(rows, benchmarks=PARTS)))
        assert (found.verdict, found.severity) == ("contradicted", "major")

    def test_a_whole_between_its_parts_may_have_other_weights(self):
        rows = table({"whole": {"m": "45.0"}, "a": {"m": "30.0"}, "b": {"m": "70.0"}}, source=CARD)
        assert only(mean_of_parts(desk(rows, benchmarks=PARTS))).verdict == "undecided"

    def test_parts_of_another_mode_are_not_its_parts(self):
        whole = table({"whole": {"m": "80.0"}}, source=CARD, mode="non_thinking")
        parts = table({"a": {"m": "30.0"}, "b": {"m": "70.0"}}, table="t", source=CARD, mode="thinking")
        assert list(mean_of_parts(desk(whole, parts, benchmarks=PARTS))) == []

    def test_a_missing_part_is_no_finding(self):
        rows = table({"whole": {"m": "80.0"}, "a": {"m": "30.0"}}, source=CARD)
        assert list(mean_of_parts(desk(rows, benchmarks=PARTS))) == []


class TestRank:
    def rank(self, value: str, *others: str):
        comparators = list(others) or ["n"]
        return statement(kind="rank", value=value, unit="rank", benchmark="quiz", comparators=comparators)

    def test_a_rank_that_follows_from_the_row_agrees(self):
        found = only(rank_from_rows(desk(TABLE, self.rank("1"), benchmarks=BENCHMARKS)))
        assert (found.verdict, found.severity) == ("reproduced", "none")

    def test_a_planted_rank_is_contradicted(self):
        assert only(rank_from_rows(desk(TABLE, self.rank("2"), benchmarks=BENCHMARKS))).verdict == "contradicted"

    def test_a_model_that_is_not_in_the_row_leaves_the_rank_open_and_is_named(self):
        for value in ("1", "2"):
            found = only(rank_from_rows(desk(TABLE, self.rank(value, "n", "o"), benchmarks=BENCHMARKS)))
            assert found.verdict == "undecided"
            assert "Not in the row: o" in found.says.en

    def test_where_lower_is_better_the_order_turns_round(self):
        lower = benchmark(score={"metric": "cer", "higher_is_better": False})
        assert only(rank_from_rows(desk(TABLE, self.rank("2"), benchmarks=[lower]))).verdict == "reproduced"


AREAS = {"safety": {"m": "96.1"}, "a": {"m": "97.5"}, "b": {"m": "94.3"}}


class TestBound:
    def claim(self, value: str):
        over = {"rows": ["a", "b"]}
        return statement(value=value, hedge="at_least", unit="points", benchmark="safety", over=over)

    def test_an_area_below_the_bound_contradicts_it(self):
        found = only(bound_over_rows(desk(table(AREAS, source=CARD), self.claim("97"))))
        assert (found.verdict, found.severity) == ("contradicted", "major")
        assert "b 94.3 < 97" in found.arithmetic

    def test_an_area_within_the_rounding_of_the_bound_is_not_below_it(self):
        rows = table({"safety": {"m": "97.0"}, "a": {"m": "97.5"}, "b": {"m": "96.9"}}, source=CARD)
        assert only(bound_over_rows(desk(rows, self.claim("97")))).verdict == "reproduced"

    def test_a_bound_below_every_area_agrees(self):
        assert only(bound_over_rows(desk(table(AREAS, source=CARD), self.claim("94")))).verdict == "reproduced"

    def test_a_test_that_is_not_named_cannot_be_refuted(self):
        claim = self.claim("97").model_copy(update={"protocol": KnownProtocol(unstated=["name of the test"])})
        found = only(bound_over_rows(desk(table(AREAS, source=CARD), claim)))
        assert (found.verdict, found.severity) == ("undecided", "major")

    def test_areas_of_another_mode_are_not_its_areas(self):
        rows = table(AREAS, source=CARD, mode="non_thinking")
        claim = self.claim("97").model_copy(update={"mode": "thinking"})
        assert list(bound_over_rows(desk(rows, claim))) == []

    def test_areas_known_second_hand_leave_it_open(self):
        heard = source(of="m", read="second_hand")
        found = only(bound_over_rows(desk(table(AREAS, source=heard), self.claim("97"))))
        assert found.verdict == "undecided"
