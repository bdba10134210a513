from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.facts.gpus import PEAKS
from harness.facts.memory import GPUS, weights_bytes
from harness.planning.cost import EFFICIENCY, EXPECTED_SHARE, Place, cost_of, place_of, rate_of, total
from harness.planning.roofline import most_tokens_per_second
from harness.records import Cluster, Cost, PlannedRun, Protocol, Throughput
from tests.examples import benchmark, model, throughput

CAP = 1000
QUIZ = benchmark(items=10, score={"metric": "exact_match"})
HOUSE = Protocol(id="house", max_tokens=CAP)
ONE = Cluster(id="one", gpu="h100_80gb", gpus_per_node=8)


def run(**changes: Any) -> PlannedRun:
    data = {"model": "m", "suite": "s", "benchmark": "quiz", "protocol": "house", "items": None, "repeats": 4}
    return PlannedRun.model_validate({**data, "claims": ["c"], **changes})


def cost(table: list[Throughput] | None = None, place: Place | None = None, **changes: Any) -> Cost:
    m = model()
    return cost_of(run(**changes), m, QUIZ, HOUSE, place or place_of(m, ONE), table or [], 64)


def test_without_measurements_answers_are_a_share_of_the_cap_and_the_server_a_share_of_its_roof():
    found = cost()
    assert found.requests == 40
    assert found.tokens_out == round(40 * EXPECTED_SHARE * CAP)
    assert found.tokens_out_most == 40 * CAP
    assert (found.gpus, found.nodes) == (1, 1)
    length, speed = found.basis
    assert "none measured" in length.en
    assert "none measured" in speed.en
    assert f"{EFFICIENCY:.0%}" in speed.en
    assert "측정값" in speed.ko


def test_the_expected_share_leaves_two_in_a_hundred_answers_cut():
    assert pytest.approx(0.2505, abs=1e-4) == EXPECTED_SHARE


def test_answers_of_the_same_benchmark_speak_before_those_of_others():
    other = throughput(answers=100, tokens=700)
    part = other.answered[0].model_copy(update={"benchmark": "exam"})
    other = other.model_copy(update={"answered": [part]})
    assert cost([other]).tokens_out == 40 * 700
    assert cost([other, throughput(tokens=300)]).tokens_out == 40 * 300
    assert cost([other]).tokens_in is None
    assert cost([throughput()]).tokens_in == 40 * 50


def test_answers_given_in_the_other_mode_do_not_count():
    part = throughput(tokens=700).answered[0].model_copy(update={"thinks": True})
    line = throughput().model_copy(update={"answered": [part]})
    assert cost([line]).tokens_out == round(40 * EXPECTED_SHARE * CAP)


def test_a_measured_server_costs_what_it_took():
    found = cost([throughput(answers=40, tokens=500)])
    assert found.seconds == pytest.approx(100.0)
    assert found.gpu_hours == pytest.approx(100 / 3600)
    assert found.gpu_hours_most == pytest.approx(2 * 100 / 3600)
    assert "measured on h100_80gb" in found.basis[-1].en


def test_the_slowest_run_stands_for_the_most():
    fast, slow = throughput(tokens=1000), throughput(tokens=1000, seconds=400.0)
    rate = rate_of(model(), place_of(model(), ONE), [fast, slow], 64, 100)
    assert rate is not None
    assert rate.expected == pytest.approx(2 * 100_000 / 500)
    assert rate.least == pytest.approx(100_000 / 400)


def test_another_gpu_is_scaled_by_what_both_could_do():
    place = place_of(model(), replace_gpu("h200_141gb"))
    rate = rate_of(model(), place, [throughput()], 64, 1000)
    assert rate is not None
    assert "scaled" in rate.basis.en
    bounds = [most_tokens_per_second(model(), gpu, place.layout, 64, 1000) for gpu in ("h100_80gb", "h200_141gb")]
    assert rate.expected == pytest.approx(1000 * bounds[1] / bounds[0], rel=0.05)


def replace_gpu(gpu: str) -> Cluster:
    return Cluster(id="other", gpu=gpu, gpus_per_node=8)


def test_a_processor_has_no_gpu_hours_and_is_never_guessed():
    here = Place(None, None)
    assert cost(place=here).gpu_hours is None
    found = cost([throughput(answers=40, tokens=500, gpu=None, device="cpu")], place=here)
    assert (found.seconds, found.gpu_hours, found.gpus) == (pytest.approx(100.0), 0.0, 0)


def test_what_cannot_be_known_is_none_and_says_why():
    unknown = benchmark(items=None, score={"metric": "exact_match"})
    m = model()
    found = cost_of(run(repeats=None), m, unknown, HOUSE, place_of(m, ONE), [], 64)
    assert found.requests is found.gpu_hours is None
    assert "number of items unknown" in found.basis[-1].en
    weighed = cost_of(run(), m, benchmark(), HOUSE, place_of(m, ONE), [], 64)
    assert (weighed.requests, weighed.tokens_out, weighed.gpu_hours) == (40, 0, None)
    hosted = model(weights=None, hosted={"url": "https://x/v1", "model": "x", "key": "K"})
    closed = cost_of(run(), hosted, QUIZ, HOUSE, place_of(hosted, ONE), [], 64)
    assert closed.gpu_hours is None
    assert closed.tokens_out
    assert "its maker" in closed.basis[0].en


def test_a_thinking_budget_counts_for_a_model_that_thinks():
    thinking = {"default": "on", "on": {"t": True}, "off": {"t": False}, "source": "card"}
    thinker, house = model(thinking=thinking), HOUSE.model_copy(update={"thinking_tokens": 500})
    place = place_of(thinker, ONE)
    assert cost_of(run(), thinker, QUIZ, house, place, [], 64).tokens_out_most == 40 * (CAP + 500)
    silent = house.model_copy(update={"thinking": "off"})
    assert cost_of(run(), thinker, QUIZ, silent, place, [], 64).tokens_out_most == 40 * CAP


def test_a_server_that_no_cluster_holds_has_no_cost():
    place = place_of(model(), Cluster(id="small", gpu="rtx_4090_24gb", gpus_per_node=1, nodes=1))
    assert place.gpus == 1
    huge = place_of(model(architecture=None), ONE)
    assert huge.gpus is None
    assert huge.why is not None


def test_one_request_reads_the_weights_once_a_token():
    place = place_of(model(), ONE)
    architecture = model().architecture
    assert architecture is not None
    rate = most_tokens_per_second(model(), "h100_80gb", place.layout, 1, 1)
    assert rate == pytest.approx(PEAKS["h100_80gb"].bandwidth / weights_bytes(architecture, "bfloat16"), rel=0.01)


def test_every_gpu_with_known_memory_has_published_figures():
    assert set(PEAKS) == set(GPUS)


COSTS = st.builds(
    lambda requests, tokens, hours: Cost(requests=requests, tokens_out=tokens, gpu_hours=hours),
    st.none() | st.integers(0, 10**9),
    st.none() | st.integers(0, 10**12),
    st.none() | st.floats(0, 1e6),
)


@given(st.lists(COSTS))
def test_a_sum_holds_what_is_known_and_says_what_is_not(costs: list[Cost]):
    found = total(costs)
    assert found.requests == (
        sum(c.requests for c in costs if c.requests is not None)
        if any(c.requests is not None for c in costs)
        else None
    )
    assert bool(found.basis) == any(c.gpu_hours is None for c in costs)


@given(
    st.sampled_from(sorted(GPUS)),
    st.integers(1, 40),
    st.integers(1, 64),
    st.integers(1, 512),
    st.lists(st.builds(throughput, st.integers(1, 1000), st.integers(1, 4000)), max_size=3),
)
def test_expected_is_never_above_the_most_and_more_repeats_never_cost_less(gpu, items, repeats, in_flight, table):
    m, place = model(), place_of(model(), replace_gpu(gpu))
    costs = [
        cost_of(run(items=items, repeats=n), m, QUIZ, HOUSE, place, table, in_flight)
        for n in (repeats, repeats + 1)
    ]
    for one in costs:
        assert 0 < one.tokens_out <= one.tokens_out_most
        assert 0 < one.gpu_hours <= one.gpu_hours_most * (1 + 1e-9)
        assert one.gpu_hours == pytest.approx(one.seconds * one.gpus / 3600)
        assert all(says.en and says.ko for says in one.basis)
    assert costs[0].tokens_out <= costs[1].tokens_out
    assert costs[0].gpu_hours_most * 0.999 <= costs[1].gpu_hours_most or in_flight > items * repeats


@given(st.integers(1, 500), st.integers(1, 4000), st.integers(1, 8))
def test_a_server_never_beats_its_roof(in_flight: int, length: int, copies: int):
    place = place_of(model(), ONE)
    assert place.layout is not None
    many = replace(place, layout=place.layout.model_copy(update={"data_parallel": copies}))
    architecture = model().architecture
    assert architecture is not None
    rate = most_tokens_per_second(model(), "h100_80gb", many.layout, in_flight, length)
    weights = weights_bytes(architecture, "bfloat16")
    assert rate <= max(in_flight, copies) * PEAKS["h100_80gb"].bandwidth / weights * (1 + 1e-9)
