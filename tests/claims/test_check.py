from harness.claims.check import run_checks
from harness.claims.checks import CHECKS
from harness.records import SEVERITIES
from harness.workflow.check import check_ledger, desk_of
from harness.workflow.verdicts import load_ledger
from tests.examples import desk, source, statement, table

CARD = source(of="m")


def test_every_check_is_registered_once_and_says_what_it_can_and_cannot_show():
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names) >= 15
    assert all(check.shows and check.cannot_show and check.run.__doc__ for check in CHECKS)


def test_a_clean_ledger_brings_no_findings():
    rows = table({"a": {"m": "80.0", "n": "70.0"}, "b": {"m": "60.0", "n": "59.0"}}, source=CARD)
    assert run_checks(desk(rows)).findings == []


def test_findings_come_gravest_first_and_claims_are_counted_by_kind_and_lane():
    rows = table({"quiz": {"m": "50.0", "n": "40.0"}}, source=CARD)
    right = statement("a", kind="ratio", value="125", benchmark="quiz", comparators=["n"])
    wrong = statement("b", kind="ratio", value="200", benchmark="quiz", comparators=["n"])
    report = run_checks(desk(rows, right, wrong))
    assert [found.severity for found in report.findings] == ["major", "none"]
    assert report.by_kind == {"ratio": 2, "score": 2}
    assert report.by_lane == {"desk": 2, "measured": 2}


def test_a_selection_keeps_findings_that_touch_it():
    rows = table({"quiz": {"m": "50.0", "n": "40.0"}}, source=CARD)
    wrong = statement("b", kind="ratio", value="200", benchmark="quiz", comparators=["n"])
    assert run_checks(desk(rows, wrong), ["card/results/quiz/m"]).findings
    assert not run_checks(desk(rows, wrong), ["elsewhere"]).findings


class TestTheProjectsLedger:
    report = check_ledger()

    def finding(self, check: str, claim: str):
        return next(f for f in self.report.findings if f.check == check and claim in f.claims)

    def test_the_same_ledger_gives_the_same_report(self):
        ledger = load_ledger()
        assert run_checks(desk_of(ledger)) == self.report

    def test_finding_ids_are_unique(self):
        assert len({found.id for found in self.report.findings}) == len(self.report.findings)

    def test_every_finding_shows_its_arithmetic_and_where_the_numbers_stand(self):
        for found in self.report.findings:
            assert found.arithmetic, found.id
            assert found.evidence[0].startswith("configs/claims/"), found.id

    def test_a_source_known_second_hand_is_never_contradicted(self):
        sources = {claim.id: claim.source for claim in load_ledger().claims}
        contradicted = [f for f in self.report.findings if f.verdict == "contradicted"]
        assert contradicted
        assert all(sources[found.claims[0]].read != "second_hand" for found in contradicted)

    def test_what_agrees_is_never_grave(self):
        agreeing = [f for f in self.report.findings if f.verdict == "reproduced"]
        assert {f.severity for f in agreeing} <= {"none", "info"}
        assert {f.severity for f in self.report.findings} <= set(SEVERITIES)

    def test_the_lead_in_a_report_that_its_table_does_not_show_is_found(self):
        found = self.finding("difference_from_rows", "solar-open-report/so-t1")
        assert (found.verdict, found.arithmetic) == ("contradicted", "73.0 − 72.7 = 0.3")

    def test_two_digits_that_changed_places_in_a_figure_are_found(self):
        figures = [f for f in self.report.findings if f.check == "figure_against_table"]
        assert {f.claimed.en for f in figures} == {"24.5 and 25.4", "62.1 and 62.7"}

    def test_the_sizes_in_the_articles_have_desk_verdicts(self):
        for claim in ("press-herald-2025-12-29/a004-s05", "press-donga-2025-12-30/a000-s62"):
            assert self.finding("statement_against_facts", claim).verdict == "reproduced"
        active = self.finding("statement_against_facts", "press-donga-2025-12-30/a000-s48")
        assert (active.verdict, active.claimed.en) == ("contradicted", "102억 parameters")

    def test_every_finding_is_told_in_both_languages(self):
        for found in self.report.findings:
            assert found.says.en, found.id
            assert any("가" <= letter <= "힣" for letter in found.says.ko), found.id
