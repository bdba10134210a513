import numpy as np
import pytest

from harness.records import Says, Verdict
from harness.verdicts import audit as audits
from harness.verdicts.audit import Log, audit
from tests.verdicts.examples import drawn

CHANCES = np.random.default_rng(4).beta(1.5, 1, 200)
LOG = Log("log", drawn(CHANCES, 8, seed=1), drawn(CHANCES * 0.8, 8, seed=2))


def rates(found):
    return {rate.name: rate for rate in found.rates}


@pytest.fixture(scope="module")
def audited():
    return audit([LOG], trials=150)


def test_the_rule_keeps_its_own_limits_on_planted_claims(audited):
    assert set(rates(audited)) == {"false_reproduction", "false_contradiction", "spoiled_run_decided"}
    assert all(rate.kept for rate in audited.rates)


def test_a_spoiled_run_is_never_decided(audited):
    rate = rates(audited)["spoiled_run_decided"]
    assert (rate.wrong, rate.trials) == (0, 300)


def test_an_honest_claim_is_reproduced_where_the_margin_allows_it_to_be(audited):
    honest = [row for row in audited.rows if row.plant.en == "honest" and row.margin > 1]
    assert all(row.reproduced / row.trials > 0.7 for row in honest)  # 80 % by design


def test_the_best_of_five_runs_is_off_in_one_direction(audited):
    (row,) = [row for row in audited.rows if row.plant.en.startswith("best of 5") and row.margin == 1]
    one_run = 100 * np.sqrt((CHANCES * (1 - CHANCES)).sum()) / 200
    assert row.off == pytest.approx(1.163 * one_run, rel=0.2)  # the mean of the largest of five normal draws


def test_the_other_metric_is_as_far_off_as_its_mean(audited):
    (row,) = [row for row in audited.rows if row.plant.en == "scored by another metric" and row.margin == 1]
    assert row.off == pytest.approx(100 * abs(LOG.scores.mean() - LOG.other.mean()), abs=0.001)


def test_a_naive_rule_does_not_pass(monkeypatch):
    def within_two_points(terms, evidence):
        off = abs(100 * evidence.table.scores.mean() - terms.printed.number)
        outcome = "reproduced" if off <= 2 else "contradicted"
        return Verdict(
            claim="c",
            lane="measured",
            verdict=outcome,
            claimed=terms.value,
            unit="percent",
            reasons=[Says(en="", ko="")],
            next=Says.same(""),
            rule="naive",
            code="",
        )

    monkeypatch.setattr(audits, "judge", within_two_points)
    assert not any(rate.kept for rate in audit([LOG], trials=50).rates)


def test_the_same_logs_give_the_same_audit():
    assert audit([LOG], trials=10) == audit([LOG], trials=10)
