"""Faults that a real engine cannot be made to show, from a small real HTTP server."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from harness.errors import HarnessError
from harness.evaluation import client as module
from harness.evaluation.client import Client, read_answer
from harness.serving.endpoints import Endpoints

GOOD = {
    "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1},
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.01)


def ask(handler: Handler, *, healthy: bool = True, count: int = 1, concurrency: int = 4) -> list[Any]:
    async def main() -> list[Any]:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", handler)
        application.router.add_get("/health", lambda _: _answer(web.Response(status=200 if healthy else 503)))
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            async with Client(Endpoints([f"http://127.0.0.1:{port}"], concurrency)) as client:
                return await asyncio.gather(
                    *(client.send("chat/completions", {"n": n}) for n in range(count)), return_exceptions=True
                )
        finally:
            await runner.cleanup()

    return asyncio.run(main())


async def _answer(response: web.StreamResponse) -> web.StreamResponse:
    return response


def replying(*responses: Callable[[], web.StreamResponse]) -> Handler:
    left = list(responses)

    async def handler(_: web.Request) -> web.StreamResponse:
        return (left.pop(0) if len(left) > 1 else left[0])()

    return handler


def text(body: str, status: int = 200) -> Callable[[], web.StreamResponse]:
    return lambda: web.Response(text=body, status=status)


def test_an_answer_is_read():
    (answer,) = ask(replying(text(json.dumps(GOOD))))
    assert (answer.text, answer.finish_reason, answer.completion_tokens, answer.attempt) == (
        "hello",
        "stop",
        1,
        1,
    )


def test_a_refused_request_is_not_asked_again():
    (answer,) = ask(replying(text("prompt too long", 400), text(json.dumps(GOOD))))
    assert "prompt too long" in answer.error
    assert answer.attempt == 1


@pytest.mark.parametrize("status", [401, 404])
def test_a_server_that_does_not_know_us_is_no_answer(status):
    (error,) = ask(replying(text("who are you", status)))
    assert isinstance(error, HarnessError)
    assert "who are you" in error.text()


def test_an_answer_that_the_server_broke_off_is_asked_again():
    aborted = {"choices": [{"message": {"content": "half an"}, "finish_reason": "abort"}]}
    (answer,) = ask(replying(text(json.dumps(aborted)), text(json.dumps(GOOD))))
    assert (answer.text, answer.attempt) == ("hello", 2)


def test_a_server_that_fails_now_and_then_is_asked_again():
    (answer,) = ask(replying(text("busy", 503), text("oops", 500), text(json.dumps(GOOD))))
    assert (answer.text, answer.attempt) == ("hello", 3)


def test_a_server_that_is_down_is_no_answer():
    (error,) = ask(replying(text("dead", 500)), healthy=False)
    assert isinstance(error, HarnessError)
    assert "server that is up" in error.text()


def test_a_connection_cut_in_the_middle_is_asked_again():
    cuts: list[int] = []

    async def cut(request: web.Request) -> web.StreamResponse:
        if not cuts:
            cuts.append(1)
            assert request.transport is not None
            request.transport.close()
        return web.json_response(GOOD)

    (answer,) = ask(cut)
    assert (answer.text, answer.attempt) == ("hello", 2)


def test_no_more_than_the_allowed_requests_are_in_flight():
    running = most = 0

    async def slow(_: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return web.json_response(GOOD)

    ask(slow, count=20, concurrency=4)
    assert most == 4


def test_a_cut_off_reasoning_trace_is_an_empty_text():
    raw = {"choices": [{"message": {"content": None, "reasoning": "Let me th"}, "finish_reason": "length"}]}
    answer = read_answer(json.dumps(raw).encode())
    assert (answer.text, answer.reasoning, answer.finish_reason) == ("", "Let me th", "length")
