"""Watch a working server: dead, hanging, or merely slow."""

import asyncio
import time
from typing import NoReturn

import aiohttp

from harness.serving.endpoints import Endpoint, Endpoints
from harness.serving.engine import Engine
from harness.serving.metrics import read_metrics

POLL_SECONDS = 1.0
IDLE_SHARE = 0.05
"""Share of one processor below which a server counts as idle; a slow one computes, a hanging one does not."""
CLOSED_POLLS = 3
"""A port that refuses connections as often in a row is closed for good, whatever its process does."""
_ANSWER_SECONDS = 1.0
_ASLEEP_SECONDS = 10.0


async def watch(engine: Engine, endpoints: Endpoints, endpoint: Endpoint) -> NoReturn:
    """Run until something is wrong with the server, then raise EngineError.

    Dead: the process ended, or its port is closed. Hanging, while requests are under way or while the client
    suspects it: no token for `idle_seconds` with the whole process tree idle or one of its processes stopped,
    or no token for `stall_seconds` although it is busy. A server that is slow but produces tokens, or
    computes, is never bothered: there is no deadline on a request. One that the client suspects, and that says
    that it is well, gets requests again.
    """
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        tokens, cpu, refused = 0.0, engine.process.cpu_seconds(), 0
        progress = busy = last = time.monotonic()
        while True:
            await asyncio.sleep(POLL_SECONDS)
            engine.check_alive()
            try:
                said, refused = await read_metrics(session, engine.url), 0
            except aiohttp.ClientConnectorError as error:
                said, refused = None, refused + 1
                if refused == CLOSED_POLLS:
                    raise engine.failure(f"the process lives, but its port is closed: {error}") from error
            used, now = engine.process.cpu_seconds(), time.monotonic()
            if now - last > _ASLEEP_SECONDS:  # we were stopped ourselves, and saw nothing of it
                progress = busy = now
            if used - cpu > IDLE_SHARE * (now - last) and not engine.process.any_stopped():
                busy = now
            cpu, last = used, now
            if endpoint.waited_for == 0 or (said is not None and said.tokens != tokens):
                progress = busy = now
            if said is not None:
                tokens = said.tokens
                endpoints.adapt(endpoint, said.running, said.waiting)
            idle = now - max(progress, busy)
            if idle > engine.serving.idle_seconds:
                raise engine.failure(f"the engine hangs: no token and no work for {idle:.0f} s")
            if now - progress > engine.serving.stall_seconds:
                raise engine.failure(f"the engine hangs: busy, but no token for {now - progress:.0f} s")
            if not endpoint.up and await _says_well(session, engine.url):
                endpoints.open(endpoint, engine.url)


async def _says_well(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/health") as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
