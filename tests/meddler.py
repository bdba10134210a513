"""Somebody between a client and a real server who changes what passes."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
from aiohttp import web

from harness.machine.ports import HOST, free_port

Meddle = Callable[[str, dict[str, Any], dict[str, Any], int], None]
"""Given path, request, answer (empty before it is asked) and how many requests are under way, changes either."""


@contextmanager
def meddler(server: str, meddle: Meddle) -> Iterator[str]:
    """Yield the address of a server that hands everything to `server`, meddled with."""
    port, loop, under_way = free_port(), asyncio.new_event_loop(), 0

    async def handle(request: web.Request) -> web.Response:
        nonlocal under_way
        under_way += 1
        try:
            body = await request.json() if request.can_read_body else {}
            meddle(request.path, body, {}, under_way)
            await asyncio.sleep(0.1)
            async with aiohttp.ClientSession(server) as session:
                answer = await session.request(request.method, request.path, json=body)
                found = json.loads(await answer.read() or b"{}")
            meddle(request.path, body, found, under_way)
            return web.json_response(found, status=answer.status)
        finally:
            under_way -= 1

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)

    async def begin() -> None:
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(begin(), loop).result()
        yield f"http://{HOST}:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def shorter(path: str, body: dict[str, Any], answer: dict[str, Any], under_way: int) -> None:
    """Let no answer be longer than five tokens."""
    if "max_tokens" in body:
        body["max_tokens"] = min(body["max_tokens"], 5)
