"""What a vLLM server says of itself at /metrics."""

from typing import NamedTuple

import aiohttp

_NAMES = {
    "tokens": ("vllm:generation_tokens_total{", "vllm:prompt_tokens_total{"),
    "running": ("vllm:num_requests_running{",),
    "waiting": ("vllm:num_requests_waiting{",),
}


class Metrics(NamedTuple):
    """Sums over the engines of a server."""

    tokens: float
    """Of prompts and answers, so far."""
    running: float
    """Requests that it works on."""
    waiting: float
    """Requests that wait there for room."""


async def read_metrics(session: aiohttp.ClientSession, url: str) -> Metrics | None:
    """Return what the server at `url` says, None when it does not answer in time or has no metrics.

    Raises ClientConnectorError when nothing listens.
    """
    try:
        async with session.get(f"{url}/metrics") as answer:
            text = await answer.text() if answer.status == 200 else ""
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientError, TimeoutError):
        return None
    found = {
        name: [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(starts)]
        for name, starts in _NAMES.items()
    }
    return Metrics(**{name: sum(values) for name, values in found.items()}) if all(found.values()) else None
