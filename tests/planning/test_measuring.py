from harness.planning.measuring import plan_for
from harness.records import Suite, SuiteTask
from tests.examples import benchmark, claim

SUITES = {"small": Suite(id="small", protocol="house", tasks=[SuiteTask(benchmark="quiz")])}


def test_the_command_that_would_measure_a_claim_is_named():
    _, how = plan_for(claim(), benchmark(), {"m"}, SUITES)
    assert how.en == how.ko == "harness run model=m suite=small"


def test_what_is_missing_for_a_run_is_named():
    assert plan_for(claim(), benchmark(), set(), SUITES)[1].en == "add configs/model/m.yaml"
    why, _ = plan_for(claim(), benchmark(task=None, needs=["judge"]), {"m"}, SUITES)
    assert "needs a judge" in why.en
    assert "elo" in plan_for(claim(metric="elo"), benchmark(), {"m"}, SUITES)[0].en
    assert plan_for(claim(), benchmark(), {"m"}, {})[1].en == "a suite that holds it"
