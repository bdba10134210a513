"""How many requests each of several servers is given."""

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web

from harness.serving import attached
from harness.serving.attached import Attached
from harness.serving.endpoints import Endpoints
from harness.serving.metrics import read_metrics


def endpoints(count=1, concurrency=8, most=32):
    return Endpoints([f"http://server{n}" for n in range(count)], concurrency, most=most)


async def fill(many, stack):
    """Take every slot that is free."""
    while any(one.free for one in many.all):
        await stack.enter_async_context(many.slot())


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def grown(looks, **settings):
    """The limit after looks (running, waiting), every slot taken before each."""

    async def main():
        many = endpoints(**settings)
        async with AsyncExitStack() as stack:
            for running, waiting in looks:
                await fill(many, stack)
                many.adapt(many.all[0], running, waiting)
            return many.all[0].limit

    return asyncio.run(main())


def test_a_limit_grows_while_nothing_waits_up_to_its_ceiling():
    assert grown([(8, 0)]) == 10
    assert grown([(8, 0)] * 5) == 18
    assert grown([(8, 0)] * 50) == 32


def test_a_limit_stays_while_few_wait():
    assert grown([(8, 0), (9, 1)]) == 10


def test_a_limit_without_a_ceiling_is_fixed():
    assert grown([(8, 0), (8, 0), (2, 6)], most=None) == 8


def test_a_limit_that_is_not_used_does_not_grow():
    many = endpoints()
    many.adapt(many.all[0], 3, 0)
    assert many.all[0].limit == 8


def test_a_crowded_server_is_given_less_once_earlier_cuts_have_shown_and_never_less_than_at_first():
    async def main():
        many = endpoints()
        one = many.all[0]
        limits = []
        async with AsyncExitStack() as stack:
            for _ in range(4):
                await fill(many, stack)
                many.adapt(one, one.taken, 0)
            await fill(many, stack)
            for _ in range(3):
                many.adapt(one, 8, 8)
                limits.append(one.limit)
        for _ in range(9):
            many.adapt(one, 1, 4)
            limits.append(one.limit)
        return limits

    assert asyncio.run(main()) == [12, 12, 12, 9, *[8] * 8]


def test_who_waits_for_a_slot_gets_it_in_turn_when_one_is_free_or_the_limit_grows():
    async def main():
        many = endpoints(concurrency=1, most=2)
        order = []

        async def use(number, done):
            async with many.slot():
                order.append(number)
                await done.wait()

        first, others = asyncio.Event(), asyncio.Event()
        tasks = [asyncio.create_task(use(n, others if n else first)) for n in range(4)]
        await settle()
        seen = [list(order)]
        many.adapt(many.all[0], 1, 0)
        await settle()
        seen.append(list(order))
        first.set()
        await settle()
        seen.append(list(order))
        others.set()
        await asyncio.gather(*tasks)
        return [*seen, order]

    assert asyncio.run(main()) == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]


def test_a_slot_goes_to_the_next_when_who_was_first_gives_up():
    async def main():
        many = endpoints(concurrency=1, most=None)
        held = await AsyncExitStack().__aenter__()
        await held.enter_async_context(many.slot())

        async def use():
            async with many.slot():
                return True

        first, second = asyncio.create_task(use()), asyncio.create_task(use())
        await settle()
        await held.aclose()
        first.cancel()
        return await asyncio.wait_for(second, 5)

    assert asyncio.run(main())


def test_a_server_that_is_down_is_given_nothing_and_starts_small_again():
    async def main():
        many = endpoints(count=2, concurrency=4)
        one, other = many.all
        async with AsyncExitStack() as stack:
            await fill(many, stack)
            many.adapt(one, 4, 0)
            many.cut(one)
            assert (one.free, one.limit, other.free) == (0, 4, 0)
            many.open(one, "http://again")
        async with many.slot() as found:
            return found.number, one.free

    assert asyncio.run(main()) == (0, 3)


METRICS = """# HELP vllm:num_requests_running Number of requests in model execution batches.
vllm:num_requests_running{engine="0",model_name="m"} 30.0
vllm:num_requests_running{engine="1",model_name="m"} 2.0
vllm:num_requests_waiting{engine="0",model_name="m"} 0.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="capacity"} 5.0
vllm:generation_tokens_total{engine="0",model_name="m"} 12.0
vllm:prompt_tokens_total{engine="0",model_name="m"} 3.0
"""


@pytest.mark.parametrize(("text", "limit"), [(METRICS, 10), ("", 8)], ids=["vLLM's", "none"])
def test_servers_of_somebody_else_are_given_more_only_where_their_own_figures_say_so(monkeypatch, text, limit):
    monkeypatch.setattr(attached, "_POLL_SECONDS", 0.01)

    async def main():
        application = web.Application()
        application.router.add_get("/health", lambda _: asyncio.sleep(0, web.Response()))
        if text:
            application.router.add_get("/metrics", lambda _: asyncio.sleep(0, web.Response(text=text)))
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        servers = Attached([url], 8, 10)
        many = servers.endpoints()
        async with AsyncExitStack() as stack, aiohttp.ClientSession() as session:
            await fill(many, stack)
            care = asyncio.create_task(servers.tend(many))
            await asyncio.sleep(0.3)
            care.cancel()
            said = await read_metrics(session, url)
        await runner.cleanup()
        return many.all[0].limit, said

    found, said = asyncio.run(main())
    assert found == limit
    assert said == ((15.0, 32.0, 0.0) if text else None)
