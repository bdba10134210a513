"""What it brings to let the requests in flight grow while nothing waits at the server, on the engine of the demo.

    python -m studies.saturation [ROUNDS]

Starts one engine and asks it 256 requests of 64 tokens each, in turn with a fixed number in flight and with one
that grows from there, ROUNDS times (3) after one warm-up of each. Prints seconds, tokens per second and how far it
grew.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from harness.config.settings import load_settings
from harness.evaluation.client import Client
from harness.serving import Engine, prepare
from harness.serving.endpoints import Endpoints
from harness.serving.metrics import read_metrics
from harness.serving.watchdog import POLL_SECONDS

REQUESTS, TOKENS, MOST = 256, 64, 128


async def asked(url: str, model: str, concurrency: int, most: int) -> int:
    """Ask everything; return the largest number in flight."""
    endpoints = Endpoints([url], concurrency, most=most)
    largest = concurrency
    left = iter(range(REQUESTS))

    async def worker(client: Client) -> None:
        for number in left:
            text = f"Tell a story about the number {number}. " * 4
            body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": TOKENS}
            answer = await client.send("chat/completions", {**body, "seed": number, "ignore_eos": True})
            assert answer.completion_tokens == TOKENS, answer.error

    async def look() -> None:
        nonlocal largest
        async with aiohttp.ClientSession() as session:
            while True:
                await asyncio.sleep(POLL_SECONDS)
                if (said := await read_metrics(session, url)) is not None:
                    endpoints.adapt(endpoints.all[0], said.running, said.waiting)
                    largest = max(largest, endpoints.all[0].taken)

    async with Client(endpoints) as client:
        care = asyncio.create_task(look())
        await asyncio.gather(*(worker(client) for _ in range(endpoints.most)))
        care.cancel()
    return largest


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    settings = load_settings()
    weights, concurrency = prepare(settings.model).path, settings.serving.concurrency
    found: dict[int, list[float]] = {concurrency: [], MOST: []}
    with (
        tempfile.TemporaryDirectory() as folder,
        Engine(settings.model, settings.serving, weights, Path(folder) / "log") as engine,
    ):
        engine.wait_healthy()
        for turn in range(rounds + 1):
            for most, seconds in found.items():
                begun = time.monotonic()
                largest = asyncio.run(asked(engine.url, settings.model.id, concurrency, most))
                took = time.monotonic() - begun
                rate = REQUESTS * TOKENS / took
                label = f"round {turn}" if turn else "warm-up"
                print(
                    f"{label}, at most {most}: {took:.1f} s, {rate:.0f} tokens/s, {largest} in flight", flush=True
                )
                seconds.extend([took] if turn else [])
    fixed, grown = (statistics.median(seconds) for seconds in found.values())
    print(f"medians: fixed {fixed:.1f} s, growing {grown:.1f} s, ratio {grown / fixed:.3f}")


if __name__ == "__main__":
    main()
