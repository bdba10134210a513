from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.config.settings import load_protocols, project
from harness.planning.runs import MOST_TIMES, Catalogue, Changes, planned_runs, suite_runs, unplanned
from harness.records import Claim, Model, Protocol, Suite, SuiteTask
from harness.workflow.verdicts import load_ledger
from tests.examples import benchmark, claim, model, source

ITEMS = 120
FLOOR = 16
"""Repeats that so many items need."""


def protocol(name: str, **changes: Any) -> Protocol:
    return Protocol.model_validate({"id": name, "max_tokens": 100, **changes})


def suite(name: str, *tasks: str | SuiteTask, protocol: str = "maker") -> Suite:
    return Suite.model_validate({"id": name, "protocol": protocol, "tasks": list(tasks)})


def thinker(**changes: Any) -> Model:
    thinking = {"default": "on", "on": {"think": True}, "off": {"think": False}, "source": "card"}
    return model(thinking=thinking, **changes)


def catalogue(*models: Model, suites: tuple[Suite, ...] = (), protocols: tuple[Protocol, ...] = ()) -> Catalogue:
    found = {one.id: one for one in models or (model(), model(id="other"))}
    every = [suite("table/card", "quiz", "exam"), *suites]
    benchmarks = [benchmark(items=ITEMS), benchmark(id="exam", names=["Exam"], items=ITEMS)]
    known = [protocol("house"), protocol("maker/m"), *protocols]
    return Catalogue({b.id: b for b in benchmarks}, {s.id: s for s in every}, found, {p.id: p for p in known})


def test_claims_on_the_same_answers_share_a_run():
    twice = [claim(), claim(id="blog/table/quiz/m", source=source(id="blog"))]
    (run,) = planned_runs(twice, catalogue())
    assert run.claims == [one.id for one in twice]
    assert (run.model, run.benchmark, run.protocol) == ("m", "quiz", "maker/m")


def test_a_claim_is_run_with_the_rows_of_its_own_source():
    (run,) = planned_runs([claim()], catalogue(suites=(suite("general", "quiz", protocol="house"),)))
    assert run.suite == "table/card"


def test_a_suite_that_takes_a_part_of_the_items_comes_last():
    part = suite("demo", SuiteTask(benchmark="quiz", items=5), protocol="house")
    whole = suite("general", "quiz", protocol="house")
    found = replace(catalogue(), suites={s.id: s for s in (part, whole)})
    assert planned_runs([claim()], found)[0].suite == "general"


def test_a_comparison_needs_a_run_of_every_model_under_protocols_of_one_family():
    lead = claim(id="card/lead", kind="exceeds", comparators=["other"])
    found = planned_runs([lead], catalogue())
    assert [(run.model, run.protocol) for run in found] == [("m", "house"), ("other", "house")]
    both = catalogue(protocols=(protocol("maker/other"),))
    assert [run.protocol for run in planned_runs([lead], both)] == ["maker/m", "maker/other"]


def test_a_claim_about_a_mode_is_run_in_it():
    quiet = claim(mode="non_thinking")
    house = (protocol("variant/no_thinking", thinking="off"),)
    assert planned_runs([quiet], catalogue(thinker(), protocols=house))[0].protocol == "variant/no_thinking"
    own = (*house, protocol("maker/m_non_thinking", thinking="off"))
    assert planned_runs([quiet], catalogue(thinker(), protocols=own))[0].protocol == "maker/m_non_thinking"
    (told,) = unplanned([quiet], catalogue(thinker()))
    assert "non_thinking" in told.why.en


def test_the_most_demanding_claim_says_how_often_a_run_repeats():
    claims = [claim(), claim(id="b"), claim(id="c")]
    assert planned_runs(claims, catalogue())[0].repeats == FLOOR
    assert planned_runs(claims, catalogue(), needed={"b": 20, "c": 40})[0].repeats == 40
    assert planned_runs(claims, catalogue(), needed={"b": 2})[0].repeats == FLOOR
    assert planned_runs(claims, catalogue(), needed={"b": 20}, changes=Changes(repeats=3))[0].repeats == 3


def test_items_are_all_unless_every_claim_is_about_the_same_part():
    part, whole = claim(items=30), claim(id="whole")
    assert planned_runs([part], catalogue())[0].items == 30
    assert planned_runs([part, whole], catalogue())[0].items is None
    assert planned_runs([part, claim(id="b", items=40)], catalogue())[0].items is None
    assert planned_runs([whole], catalogue(), changes=Changes(items=ITEMS + 1))[0].items == ITEMS


def test_what_has_no_run_says_why():
    hosted = model(id="closed", weights=None, hosted={"url": "https://x/v1", "model": "x", "key": "K"})
    claims = {
        "nobody": claim(id="a", model="nobody"),
        "decided on paper": claim(id="b", lanes=["desk"]),
        "average": claim(id="c", kind="average"),
        "served by its maker only": claim(id="d", model="closed"),
        "names no benchmark": claim(id="e", benchmark=None),
        "elo": claim(id="f", metric="elo"),
        "rival has no config": claim(id="g", kind="exceeds", comparators=["rival"]),
    }
    configs = catalogue(model(), hosted)
    told = {one.claim: one.why.en for one in unplanned(claims.values(), configs)}
    for words, one in claims.items():
        assert words in told[one.id]
    assert planned_runs(claims.values(), configs) == []


def test_whole_suites_take_every_task_and_name_the_claims_they_help_to_decide():
    exceeds = claim(id="lead", kind="exceeds", comparators=["other"], benchmark="exam")
    found = suite_runs(["m", "other"], ["table/card"], [claim(), exceeds], catalogue())
    assert [(run.model, run.benchmark, run.claims) for run in found] == [
        ("m", "quiz", [claim().id]),
        ("m", "exam", ["lead"]),
        ("other", "quiz", []),
        ("other", "exam", ["lead"]),
    ]


def test_a_suite_names_no_claim_about_the_other_mode():
    quiet = claim(mode="non_thinking")
    found = catalogue(thinker(), protocols=(protocol("variant/no_thinking", thinking="off"),))
    assert suite_runs(["m"], ["table/card"], [quiet], found)[0].claims == []


PARTS = st.builds(
    lambda number, name, test, items: claim(id=f"c{number}", model=name, benchmark=test, items=items),
    st.integers(0, 99),
    st.sampled_from(["m", "other", "nobody"]),
    st.sampled_from(["quiz", "exam", "lost"]),
    st.none() | st.integers(1, ITEMS),
)


@given(st.lists(PARTS, unique_by=lambda one: one.id), st.dictionaries(st.text("c0123456789"), st.integers(1, 500)))
def test_every_claim_is_planned_once_or_says_why_and_no_answers_are_planned_twice(
    claims: list[Claim], needed: dict[str, int]
):
    claims = [one for one in claims if one.benchmark != "lost"]
    runs = planned_runs(claims, catalogue(), needed=needed)
    unasked = {
        (run.model, run.protocol, run.benchmark): run.repeats or 0 for run in planned_runs(claims, catalogue())
    }
    left = [one.claim for one in unplanned(claims, catalogue())]
    assert sorted([*left, *(name for run in runs for name in run.claims)]) == sorted(one.id for one in claims)
    assert len({(run.model, run.protocol, run.benchmark) for run in runs}) == len(runs)
    models = [run.model for run in runs]
    assert models == sorted(models, key=list(dict.fromkeys(models)).index)
    for run in runs:
        assert run.repeats is not None
        own = unasked[run.model, run.protocol, run.benchmark]
        assert run.repeats >= own
        assert all(run.repeats >= needed.get(name, 0) or needed[name] > MOST_TIMES * own for name in run.claims)
        sizes = {one.items for one in claims if one.id in run.claims}
        assert run.items is None or sizes == {run.items}


def test_every_claim_of_the_ledger_is_planned_or_says_why():
    ledger = load_ledger()
    protocols = load_protocols(project().configs)
    configs = Catalogue(ledger.benchmarks, ledger.suites, ledger.models, protocols)
    runs = planned_runs(ledger.claims, configs)
    planned = {name for run in runs for name in run.claims}
    left = {one.claim for one in unplanned(ledger.claims, configs)}
    assert planned | left == {one.id for one in ledger.claims}
    assert not planned & left
    assert "k-exaone-figure/main_figure/aime_2025/k_exaone_236b" in planned
