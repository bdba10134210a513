"""What the client costs: processor time and memory per request and per token, beside other ways of asking.

    python studies/client.py [REQUESTS]

The product's client, with and without the rest of the harness behind it (scoring, log on the disk), gets REQUESTS
answers (50,000) of a fake server in a process of its own; every other way gets a twentieth of them. 500 requests
are in flight. Prints a row for each.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from harness.evaluation.client import Client
from harness.evaluation.run import evaluate
from harness.serving.attached import Attached
from harness.serving.endpoints import Endpoints
from harness.serving.metrics import read_metrics
from harness.serving.watchdog import POLL_SECONDS
from harness.store import RunFolder, SampleLog
from studies.fake_server import TEXT, TOKENS
from studies.restart import ITEMS, plan_of

IN_FLIGHT = 500
BODY = {
    "model": "m",
    "messages": [{"role": "user", "content": "A question of the usual length. " * 10}],
    "max_tokens": TOKENS,
    "temperature": 0.6,
    "top_p": 0.95,
}
Ask = Callable[[int], Awaitable[str]]


async def product(url: str, stack: AsyncExitStack) -> Ask:
    client = await stack.enter_async_context(Client(Endpoints([url], IN_FLIGHT)))

    async def ask(number: int) -> str:
        return (await client.send("chat/completions", {**BODY, "seed": number})).text

    return ask


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), read_bufsize=1 << 20)


async def aiohttp_whole(url: str, stack: AsyncExitStack) -> Ask:
    session = await stack.enter_async_context(_session())

    async def ask(number: int) -> str:
        async with session.post(f"{url}/v1/chat/completions", json={**BODY, "seed": number}) as response:
            return _text(await response.read())

    return ask


async def aiohttp_stream(url: str, stack: AsyncExitStack) -> Ask:
    session = await stack.enter_async_context(_session())

    async def ask(number: int) -> str:
        parts: list[str] = []
        body = {**BODY, "seed": number, "stream": True}
        async with session.post(f"{url}/v1/chat/completions", json=body) as response:
            async for line in response.content:
                parts.append(_delta(line))
        return "".join(parts)

    return ask


async def _httpx(library: str, url: str, stack: AsyncExitStack, stream: bool) -> Ask:
    httpx = __import__(library)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=None, limits=limits))

    async def whole(number: int) -> str:
        response = await client.post(f"{url}/v1/chat/completions", json={**BODY, "seed": number})
        return _text(response.content)

    async def streamed(number: int) -> str:
        parts: list[str] = []
        body = {**BODY, "seed": number, "stream": True}
        async with client.stream("POST", f"{url}/v1/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                parts.append(_delta(line.encode()))
        return "".join(parts)

    return streamed if stream else whole


def _text(raw: bytes) -> str:
    return str(json.loads(raw)["choices"][0]["message"]["content"])


def _delta(line: bytes) -> str:
    if not line.startswith(b"data: {"):
        return ""
    choices = json.loads(line[6:])["choices"]
    return choices[0]["delta"].get("content") or "" if choices else ""


WAYS: dict[str, Callable[[str, AsyncExitStack], Awaitable[Ask]]] = {
    "client": product,
    "aiohttp": aiohttp_whole,
    "httpx": lambda url, stack: _httpx("httpx", url, stack, False),
    "httpx2": lambda url, stack: _httpx("httpx2", url, stack, False),
    "aiohttp, stream": aiohttp_stream,
    "httpx, stream": lambda url, stack: _httpx("httpx", url, stack, True),
    "httpx2, stream": lambda url, stack: _httpx("httpx2", url, stack, True),
}
WHOLE = "harness"
HEADS = (
    "way",
    "requests",
    "seconds",
    "tokens/s",
    "CPU per request (ms)",
    "CPU per 1,000 tokens/s (% of a core)",
    "peak (MiB)",
)


async def requests(way: str, url: str, count: int) -> None:
    async with AsyncExitStack() as stack:
        ask = await WAYS[way](url, stack)
        left = iter(range(count))

        async def worker() -> None:
            for number in left:
                if await ask(number) != TEXT:
                    raise SystemExit("not the answer that was given")

        if "stream" not in way:
            stack.push_async_callback(_cancel, asyncio.create_task(_metrics(url)))
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _metrics(url: str) -> None:
    """Watch progress as the guard of a server does."""
    async with aiohttp.ClientSession() as session:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await read_metrics(session, url)


def measured(way: str, url: str, count: int) -> None:
    """Print what one way costs, in this process."""
    if way == WHOLE:
        with tempfile.TemporaryDirectory() as name:
            plan = plan_of(Path(name), count // ITEMS)
            plan.build()
            begun, used = time.monotonic(), _processor()
            with SampleLog(RunFolder(Path(name) / "run")) as log:
                evaluate([(plan, log)], Attached([url], IN_FLIGHT))
    else:
        begun, used = time.monotonic(), _processor()
        asyncio.run(requests(way, url, count))
    seconds, cpu = time.monotonic() - begun, _processor() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tokens = count * TOKENS
    cells = [
        way,
        f"{count:,}",
        f"{seconds:.0f}",
        f"{tokens / seconds:,.0f}",
        f"{1e3 * cpu / count:.2f}",
        f"{100 * cpu / (tokens / 1000):.2f}",
        f"{peak:.0f}",
    ]
    print(f"| {' | '.join(cells)} |", flush=True)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
    for way in [WHOLE, *WAYS]:
        server = subprocess.Popen([sys.executable, "-m", "studies.fake_server"], stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            number = count if way in {WHOLE, "client"} else count // 20
            subprocess.run([sys.executable, "-m", "studies.client", way, url, str(number)], check=True)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    if len(sys.argv) == 4:
        measured(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    else:
        main()
