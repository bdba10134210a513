import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.claims.checks.digits import grim, impossible_precision, unit_and_direction
from harness.records import Finding
from tests.examples import benchmark, desk, source, statement, table

EXAM = benchmark(id="exam", names=["Exam"], items=30, score={"metric": "acc", "binary": True})
SETS = [
    benchmark(id="exam", names=["Exam"], items=300, versions=["old"], score={"metric": "acc", "binary": True}),
    benchmark(id="old", names=["Old"], items=294, score={"metric": "acc", "binary": True}),
]


def only(findings) -> Finding:
    (found,) = findings
    return found


def cells(*values: str, **changes):
    return table({"exam": {f"m{i}": value for i, value in enumerate(values)}}, **changes)


class TestGrim:
    def test_multiples_of_one_item_are_silent(self):
        assert list(grim(desk(cells("90.0", "76.7", "80.0"), benchmarks=[EXAM]))) == []

    def test_a_planted_value_names_the_repeats_it_needs(self):
        found = only(grim(desk(cells("90.0", "80.3"), benchmarks=[EXAM])))
        assert found.claims == ["card/results/exam/m1"]
        assert "at least 10 repeats of 30 items (one run: 24/30 = 80.00 and 25/30 = 83.33)" in found.arithmetic

    def test_a_value_that_fits_the_stated_repeats_is_silent(self):
        assert list(grim(desk(cells("80.3", repeats=10), benchmarks=[EXAM]))) == []

    def test_a_value_that_cannot_come_from_the_stated_repeats_is_contradicted(self):
        found = only(grim(desk(cells("80.3", repeats=2), benchmarks=[EXAM])))
        assert (found.verdict, found.severity) == ("contradicted", "major")

    def test_a_value_that_fits_either_of_two_item_sets_is_silent(self):
        assert list(grim(desk(cells("41.5", "64.7"), benchmarks=SETS))) == []  # 122/294 and 194/300

    def test_a_value_that_fits_neither_item_set_is_found(self):
        assert "294 items or" in only(grim(desk(cells("43.4"), benchmarks=SETS))).arithmetic

    def test_graded_items_and_points_are_left_alone(self):
        graded = benchmark(id="exam", names=["Exam"], items=30)
        assert list(grim(desk(cells("80.3"), benchmarks=[graded]))) == []
        assert list(grim(desk(cells("7.33", unit="points"), benchmarks=[EXAM]))) == []

    def test_a_rate_that_may_be_over_instructions_is_left_alone(self):
        rates = benchmark(
            id="exam", names=["E"], items=30, score={"metric": "a", "binary": True, "several_rates": True}
        )
        assert list(grim(desk(cells("80.3"), benchmarks=[rates]))) == []
        assert only(grim(desk(cells("80.3", metric="prompt_strict"), benchmarks=[rates])))

    @given(st.integers(1, 2000), st.integers(1, 20), st.data())
    def test_a_true_mean_over_stated_repeats_never_raises_an_alarm(self, n, repeats, data):
        k = data.draw(st.integers(0, n * repeats))
        record = benchmark(id="exam", names=["Exam"], items=n, score={"metric": "acc", "binary": True})
        value = f"{100 * k / (n * repeats):.1f}"
        assert list(grim(desk(cells(value, repeats=repeats), benchmarks=[record]))) == []


ROWS = {f"r{i}": {"m": "10.5", "n": "7.2"} for i in range(3)}


class TestPrecision:
    def test_a_table_of_one_precision_is_silent(self):
        assert list(impossible_precision(desk(table(ROWS)))) == []

    def test_one_cell_with_more_digits_than_all_others_is_noted(self):
        rows = table(ROWS | {"odd": {"m": "10.5", "n": "7.23"}})
        assert only(impossible_precision(desk(rows))).claims == ["card/results/odd/n"]

    def test_trailing_whole_numbers_are_not_odd(self):
        assert list(impossible_precision(desk(table(ROWS | {"full": {"m": "100", "n": "99.5"}})))) == []

    def test_a_count_with_a_fraction_is_contradicted(self):
        claim = statement(kind="structure", value="7.5", unit="experts")
        assert only(impossible_precision(desk(claim))).verdict == "contradicted"


class TestUnits:
    JUDGED = benchmark(score={"metric": "rating", "range": [1, 10]})

    def test_values_inside_the_range_are_silent(self):
        fine = [
            table({"quiz": {"m": "100.0"}}),
            table({"quiz": {"m": "1.0"}}, source=source(id="b"), unit="fraction"),
        ]
        assert list(unit_and_direction(desk(*fine, benchmarks=[benchmark()]))) == []

    def test_a_value_outside_the_range_is_contradicted(self):
        rows = table({"quiz": {"m": "19.8"}}, unit="points")
        found = only(unit_and_direction(desk(rows, benchmarks=[self.JUDGED])))
        assert (found.verdict, found.severity) == ("contradicted", "major")

    def test_a_point_that_slipped_between_two_papers_is_found(self):
        slipped = [
            table({"quiz": {"m": "1.98"}}, unit="points"),
            table({"quiz": {"m": "19.8"}}, unit="points", source=source(id="b")),
        ]
        wide = benchmark(score={"metric": "rating", "range": [0, 100]})
        found = only(unit_and_direction(desk(*slipped, benchmarks=[wide])))
        assert "a factor of 10" in found.recomputed.en

    def test_fractions_may_be_printed_as_points_and_ranges_to_100_as_percent(self):
        whole = benchmark(score={"metric": "rating", "range": [0, 100]})
        rows = [table({"quiz": {"m": "73.0"}}, unit="points")]
        assert list(unit_and_direction(desk(*rows, benchmarks=[benchmark()]))) == []
        assert only(unit_and_direction(desk(table({"quiz": {"m": "173.0"}}), benchmarks=[whole])))

    @pytest.mark.parametrize(("value", "alarms"), [("120", 1), ("80", 0)])
    def test_a_ratio_above_100_on_an_error_rate_is_no_lead(self, value, alarms):
        errors = benchmark(score={"metric": "cer", "higher_is_better": False})
        claim = statement(kind="ratio", value=value, benchmark="quiz", comparators=["n"])
        assert len(list(unit_and_direction(desk(claim, benchmarks=[errors])))) == alarms

    def test_numbers_that_only_happen_to_be_far_apart_are_silent(self):
        far = [table({"quiz": {"m": "9.1"}}), table({"quiz": {"m": "88.0"}}, source=source(id="b"))]
        assert list(unit_and_direction(desk(*far, benchmarks=[benchmark()]))) == []
