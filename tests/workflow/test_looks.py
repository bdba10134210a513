"""A run that stops as soon as its claims are settled, on the real engine."""

from dataclasses import replace

import pytest

from harness.config.settings import load_settings
from harness.errors import UsageError
from harness.store import Store
from harness.workflow.display import Display
from harness.workflow.run import run_suites
from harness.workflow.verdicts import load_ledger, settles
from tests.examples import benchmark, claim, run

OVERRIDES = [
    "suite.tasks=[{benchmark:ifbench_294,items:2}]",
    "protocol.max_tokens=4",
    "serving=attached",
    "until=settled",
    "repeats=64",
]


@pytest.fixture
def answered(engine, tmp_path):
    """Run until settled; return (answers in all, newly answered, repeats on record when asked)."""

    def go(*settled: bool, **changes: str) -> tuple[int, int, list[int]]:
        replies, asked = list(settled), []

        def reply(manifest, samples, folder):
            asked.append(1 + max(sample.repeat for sample in samples))
            return replies.pop(0)

        more = [f"{key}={value}" for key, value in changes.items()]
        settings = load_settings([*OVERRIDES, f"serving.urls=[{engine.url}]", f"results={tmp_path}", *more])
        report = run_suites([settings], Display(quiet=True), settled=reply)
        return report.samples, report.answered, asked

    return go


def test_a_run_stops_at_the_look_that_settles_it_and_goes_on_from_there(answered, tmp_path):
    assert answered(True) == (64, 64, [32])
    assert answered(True) == (64, 0, [32])
    assert answered(False) == (128, 64, [32])
    assert answered() == (128, 0, [])
    (folder,) = Store(tmp_path).runs()
    assert folder.read_manifest().looks == [32, 64]


def test_looks_are_declared_before_the_first_answer(answered):
    answered(True)
    with pytest.raises(UsageError, match=r"found: 32, 64"):
        answered(True, repeats="128")


def test_a_look_below_the_floor_is_refused(answered):
    with pytest.raises(UsageError, match="at least 32 repeats"):
        answered(repeats="16")


KNOWN = {"known": {"temperature": 0.5, "max_tokens": 100}}


def settled(value, table, **changes):
    found = claim(value=value, repeats=64, protocol=KNOWN, **changes)
    ledger = replace(load_ledger(), claims=[found], benchmarks={"quiz": benchmark()})
    evidence = run(table, looks=[4, 8])
    return settles(ledger, evidence.manifest, evidence.samples, evidence.folder)


def test_a_decided_claim_is_settled_and_one_that_repeats_would_decide_is_not():
    assert settled("50.0", [[1.0] * 4] * 500 + [[0.0] * 4] * 500)
    noisy = [[1.0, 0.0] * 2, [0.0, 1.0] * 2] * 500
    assert not settled("50.0", noisy)


def test_a_claim_that_no_repeats_can_decide_is_settled():
    noisy = [[1.0, 0.0] * 2, [0.0, 1.0] * 2] * 500
    assert settled("50.0", noisy, delta="0.06", delta_reason="too small for anybody")


def test_a_run_without_claims_is_settled():
    evidence = run([[1.0] * 4] * 9, looks=[4, 8])
    assert settles(replace(load_ledger(), claims=[]), evidence.manifest, evidence.samples, evidence.folder)
