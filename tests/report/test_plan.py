from pathlib import Path

from rich.console import Console

from harness.planning.decidable import Preflight
from harness.planning.plan import Plan, plan_of
from harness.planning.runs import Catalogue, planned_runs, unplanned
from harness.records import Cluster, Protocol, Says, Suite
from harness.report.plan import hours, plan_parts, short
from tests.examples import benchmark, claim, model, throughput

GOLDEN = Path(__file__).parents[1] / "golden" / "plan.txt"


def example() -> Plan:
    """Two models, one of them measured before; a claim that no repeats decide, and two without a run."""
    suite = Suite.model_validate({"id": "table/card", "protocol": "house", "tasks": ["quiz", "exam"]})
    house = Protocol(id="house", max_tokens=1000)
    generated = {"items": 120, "score": {"metric": "exact_match"}}
    benchmarks = [benchmark(**generated), benchmark(id="exam", names=["Exam"], **generated | {"items": None})]
    configs = Catalogue(
        {b.id: b for b in benchmarks},
        {suite.id: suite},
        {"m": model(), "other": model(id="other")},
        {house.id: house},
    )
    claims = [
        claim(),
        claim(id="blog/quiz"),
        claim(id="card/lead", kind="exceeds", comparators=["other"]),
        claim(id="card/table/exam/m", benchmark="exam"),
        claim(id="card/nobody", model="nobody"),
        claim(id="card/paper", lanes=["desk"]),
    ]
    told = {
        claims[0].id: (True, "decidable with 20 repeats of 120 items", 20),
        "blog/quiz": (True, "decidable with 900 repeats of 120 items", 900),
        "card/table/exam/m": (False, "cannot be decided: the source ran once on 120 items", None),
    }
    preflights = {}
    for one in claims:
        decidable, why, repeats = told.get(one.id, (None, "not known before a run", None))
        preflights[one.id] = Preflight(one.id, decidable, Says(en=why, ko=why), repeats=repeats)
    needed = {name: before.repeats for name, before in preflights.items() if before.repeats is not None}
    runs = planned_runs(claims, configs, needed=needed)
    cluster = Cluster(id="h100x8", gpu="h100_80gb", gpus_per_node=8)
    return plan_of(runs, unplanned(claims, configs), preflights, configs, cluster, [throughput()], 64)


def printed(plan: Plan) -> str:
    console = Console(width=120, highlight=False, color_system=None)
    with console.capture() as captured:
        for part in plan_parts(plan):
            console.print(part, soft_wrap=isinstance(part, str))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def test_a_plan_is_printed_as_it_was():
    assert printed(example()) == GOLDEN.read_text()


def test_the_parts_of_all_claims_add_up_to_the_runs_that_are_for_claims():
    plan = example()
    whole = sum(each.cost.gpu_hours or 0 for each in plan.runs if each.run.claims)
    known = [one.gpu_hours for one in plan.claims if one.gpu_hours is not None]
    assert abs(sum(known) - whole) < 1e-9


def test_a_claim_that_asks_for_more_repeats_than_planned_is_not_called_decidable():
    found = {one.claim: one for one in example().claims}
    assert found["card/table/quiz/m"].decidable is True
    assert found["blog/quiz"].decidable is False
    assert "repeats=900" in found["blog/quiz"].why.en
    assert "repeats=900" in found["blog/quiz"].why.ko


def test_numbers_are_short():
    assert [short(n) for n in (None, 0, 999, 1234, 4_100_000, 2.5e12)] == [
        "?",
        "0",
        "999",
        "1.23k",
        "4.1M",
        "2.5T",
    ]
    assert [hours(n) for n in (None, 0.0, 0.001, 0.0123, 1.26, 12345.6)] == [
        "?",
        "0",
        "<0.01",
        "0.012",
        "1.3",
        "12,346",
    ]
