from harness.claims.checks.comparisons import exceeds_on_benchmark, wins_over_rows
from harness.records import Finding
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


class TestWinsOverANamedTable:
    def claim(self, **changes):
        data = {"value": None, "unit": "text", "capability": None, "over": {"tables": ["card/results"]}}
        return ahead(**(data | changes))

    def test_a_lead_in_points_is_not_a_number_of_rows(self):
        assert list(wins_over_rows(desk(MIXED, self.claim(value="2.7", unit="points"), benchmarks=KOREAN))) == []

    def test_the_number_of_won_rows_is_counted(self):
        told = self.claim(value="2", unit="benchmarks")
        assert only(wins_over_rows(desk(ALL_AHEAD, told, benchmarks=KOREAN))).verdict == "reproduced"

    def test_a_table_that_is_here_in_part_contradicts_no_number_of_rows(self):
        part = table({"a": {"m": "80.0", "n": "70.0"}}, source=CARD, complete=False)
        told = self.claim(value="2", unit="benchmarks")
        assert only(wins_over_rows(desk(part, told, benchmarks=KOREAN))).verdict == "undecided"

    def test_a_lead_of_one_last_digit_is_a_lead(self):
        close = table(
            {f"r{i}": {"m": f"{60 + i / 10:.1f}", "n": f"{59.9 + i / 10:.1f}"} for i in range(50)}, source=CARD
        )
        told = self.claim(value="50", unit="benchmarks")
        assert only(wins_over_rows(desk(close, told))).verdict == "reproduced"

    def test_a_comparator_without_a_row_leaves_it_open(self):
        assert only(wins_over_rows(desk(ALL_AHEAD, self.claim(comparators=["n", "o"])))).verdict == "undecided"

    def test_a_planted_number_is_contradicted(self):
        told = self.claim(value="2", unit="benchmarks")
        found = only(wins_over_rows(desk(MIXED, told, benchmarks=KOREAN)))
        assert (found.verdict, found.recomputed.en[0]) == ("contradicted", "1")

    def test_almost_every_row_is_widened_as_worded(self):
        twelve = {f"r{i}": {"m": "2.0", "n": "1.0"} for i in range(12)} | {"last": {"m": "1.0", "n": "2.0"}}
        found = only(wins_over_rows(desk(table(twelve, source=CARD), self.claim(hedge="about"))))
        assert found.verdict == "reproduced"

    def test_a_level_without_a_limit_stays_open_with_the_means(self):
        found = only(wins_over_rows(desk(MIXED, self.claim(kind="at_least"), benchmarks=KOREAN)))
        assert (found.verdict, found.severity) == ("undecided", "info")


class TestExceedsOnABenchmark:
    def claim(self):
        return statement(kind="exceeds", value=None, unit="text", benchmark="a", comparators=["n"])

    def two_papers(self, ours: str, theirs: str, **changes):
        other = source(id="other", of="n")
        return [table({"a": {"m": ours}}, source=CARD), table({"a": {"n": theirs}}, source=other, **changes)]

    def test_a_table_that_puts_it_ahead_agrees(self):
        assert only(exceeds_on_benchmark(desk(ALL_AHEAD, self.claim()))).severity == "none"

    def test_a_table_that_puts_it_behind_contradicts_it(self):
        assert only(exceeds_on_benchmark(desk(BEHIND, self.claim()))).verdict == "contradicted"

    def test_two_papers_agree_with_a_note_and_never_contradict(self):
        ahead_of, behind = self.two_papers("80.0", "70.0"), self.two_papers("60.0", "70.0")
        assert only(exceeds_on_benchmark(desk(*ahead_of, self.claim()))).severity == "info"
        assert only(exceeds_on_benchmark(desk(*behind, self.claim()))).verdict == "undecided"

    def test_other_modes_and_ties_decide_nothing(self):
        tie = self.two_papers("80", "80.4")
        assert only(exceeds_on_benchmark(desk(*tie, self.claim()))).verdict == "undecided"
        thinking = self.two_papers("80.0", "90.0", mode="thinking")
        claim = self.claim().model_copy(update={"mode": "non_thinking"})
        assert list(exceeds_on_benchmark(desk(*thinking, claim))) == []

    def test_without_both_numbers_nothing_is_said(self):
        assert list(exceeds_on_benchmark(desk(table({"a": {"m": "1"}}), self.claim()))) == []
