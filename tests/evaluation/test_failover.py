"""Several servers behind one client; the faults come from small real HTTP servers."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from harness.errors import HarnessError
from harness.evaluation import client
from harness.evaluation.client import Client
from harness.serving import attached
from harness.serving.attached import Attached
from harness.serving.endpoints import Endpoints

GOOD = {"choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}]}


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(attached, "_POLL_SECONDS", 0.05)


class Server:
    """A server that answers, fails, or keeps silent."""

    def __init__(self):
        self.mood, self.seen, self.release = "well", 0, asyncio.Event()

    async def answer(self, request):
        self.seen += 1
        if self.mood == "silent":
            await self.release.wait()
        if self.mood == "dead":
            return web.Response(status=500, text="EngineCore encountered an issue")
        return web.json_response(GOOD)

    async def health(self, request):
        return web.Response(status=200 if self.mood == "well" else 503)


@asynccontextmanager
async def served(count):
    runners, servers = [], [Server() for _ in range(count)]
    for server in servers:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", server.answer)
        application.router.add_get("/health", server.health)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
    try:
        yield servers, [f"http://127.0.0.1:{runner.addresses[0][1]}" for runner in runners], runners
    finally:
        for server in servers:
            server.release.set()
        for runner in runners:
            await runner.cleanup()


async def until(done):
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.01)


def test_requests_are_spread_over_all_servers_by_their_load():
    async def main():
        async with served(2) as (servers, urls, _), Client(Endpoints(urls, 4)) as asked:
            servers[0].mood = "silent"
            posts = [asyncio.create_task(asked.send("chat/completions", {})) for _ in range(5)]
            await until(lambda: servers[1].seen >= 2 and sum(post.done() for post in posts) >= 2)
            seen = servers[0].seen, servers[1].seen
            servers[0].release.set()
            return seen, await asyncio.gather(*posts)

    (silent, well), answers = asyncio.run(main())
    assert silent + well == 5
    assert silent < 5
    assert {answer.replica for answer in answers} == {0, 1}


def test_a_server_that_dies_is_left_and_its_requests_are_answered_elsewhere():
    async def main():
        async with served(2) as (servers, urls, _):
            servers[0].mood = "dead"
            async with Client(Endpoints(urls, 4), tended=True) as asked:
                return await asyncio.gather(*(asked.send("chat/completions", {}) for _ in range(8)))

    answers = asyncio.run(main())
    assert {(answer.text, answer.error, answer.attempt, answer.replica) for answer in answers} == {
        ("hello", None, 1, 1)
    }


def test_what_a_server_owes_when_its_guard_cuts_it_off_is_asked_of_another():
    async def main():
        async with served(2) as (servers, urls, _):
            servers[0].mood = "silent"
            endpoints = Endpoints(urls, 4)
            async with Client(endpoints, tended=True) as asked:
                post = asyncio.create_task(asked.send("chat/completions", {}))
                await until(lambda: servers[0].seen)
                endpoints.cut(endpoints.all[0])
                return await post

    answer = asyncio.run(main())
    assert (answer.text, answer.attempt, answer.replica) == ("hello", 1, 1)


def test_requests_wait_while_all_are_down_and_go_on_when_one_is_back():
    async def main():
        async with served(1) as (servers, urls, _):
            servers[0].mood = "dead"
            many = Attached(urls, 4)
            async with Client.of(many) as asked:
                care = asyncio.create_task(many.tend(asked.endpoints))
                posts = [asyncio.create_task(asked.send("chat/completions", {})) for _ in range(4)]
                await until(lambda: not asked.endpoints.all[0].up)
                servers[0].mood = "well"
                answers = await asyncio.gather(*posts)
                care.cancel()
                return answers

    assert {(answer.text, answer.attempt) for answer in asyncio.run(main())} == {("hello", 1)}


def test_servers_that_do_not_come_back_end_the_run(monkeypatch):
    monkeypatch.setattr(attached, "_PATIENCE_SECONDS", 0.2)

    async def main():
        async with served(2) as (_, urls, runners):
            many = Attached(urls, 4)
            endpoints = many.endpoints()
            for runner in runners:
                await runner.cleanup()
            await many.tend(endpoints)

    with pytest.raises(HarnessError, match="the same command continues"):
        asyncio.run(main())


def test_a_request_that_was_cancelled_is_not_asked_elsewhere():
    async def main():
        async with served(2) as (servers, urls, _):
            servers[0].mood = "silent"
            async with Client(Endpoints(urls, 4), tended=True) as asked:
                post = asyncio.create_task(asked.send("chat/completions", json.loads("{}")))
                await until(lambda: servers[0].seen)
                post.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await post
                return servers[1].seen, len(asked.endpoints.all[0].posts)

    assert asyncio.run(main()) == (0, 0)
