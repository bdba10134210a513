"""Servers that somebody else started: we ask them, and neither start nor stop them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import aiohttp

from harness.errors import HarnessError
from harness.records import Model
from harness.serving import probe
from harness.serving.endpoints import Endpoint, Endpoints
from harness.serving.metrics import read_metrics

_POLL_SECONDS = 2.0
_FAILED_POLLS = 3
"""As many polls in a row without a good answer, and a server counts as down."""
_PATIENCE_SECONDS = 60.0
"""How long servers that are all down are waited for: whoever owns them may be starting them again."""
_ANSWER_SECONDS = 10.0


class Attached:
    """Servers at given addresses."""

    def __init__(self, urls: Sequence[str], concurrency: int, most: int | None = None) -> None:
        """`urls` are base addresses without a path; for the rest see Endpoints."""
        self._urls, self._concurrency, self._most = urls, concurrency, most

    def service(self) -> None:
        """Return nothing: these servers ask nothing of a client."""

    def endpoints(self) -> Endpoints:
        """Return the servers as a client sees them."""
        return Endpoints([url.rstrip("/") for url in self._urls], self._concurrency, most=self._most)

    async def tend(self, endpoints: Endpoints) -> None:
        """Look at all servers again and again; raises HarnessError when all are down and none comes back."""
        failed = dict.fromkeys(endpoints.all, 0)
        down_since: float | None = None
        loop = asyncio.get_running_loop()
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                await asyncio.sleep(_POLL_SECONDS)
                found = await asyncio.gather(*(_health(session, one) for one in endpoints.all))
                if self._most is not None:
                    await asyncio.gather(*(_adapt(session, endpoints, one) for one in endpoints.all if one.up))
                for one, problem in zip(endpoints.all, found, strict=True):
                    failed[one] = failed[one] + 1 if problem else 0
                    if not problem and not one.up:
                        endpoints.open(one, one.url)
                    elif failed[one] == _FAILED_POLLS:
                        endpoints.cut(one)
                if any(one.up for one in endpoints.all):
                    down_since = None
                    continue
                down_since = down_since or loop.time()
                if loop.time() - down_since > _PATIENCE_SECONDS:
                    raise HarnessError(
                        expected="a server that is up",
                        found=next(problem for problem in found if problem),
                        where=", ".join(one.url for one in endpoints.all),
                        fix="start it again; what was answered is kept, the same command continues",
                    )


async def _health(session: aiohttp.ClientSession, endpoint: Endpoint) -> str:
    """Return what is wrong with a server, nothing when it is well; one without /health (404) counts as well."""
    try:
        async with session.get(f"{endpoint.url}/health") as answer:
            return "" if answer.status in {200, 404} else f"/health says {answer.status}"
    except (aiohttp.ClientError, OSError) as error:
        return f"{type(error).__name__}: {error}"


async def _adapt(session: aiohttp.ClientSession, endpoints: Endpoints, endpoint: Endpoint) -> None:
    """Let the server's own figures say how many requests it is given; one without them keeps its number."""
    with suppress(aiohttp.ClientConnectorError):
        if (said := await read_metrics(session, endpoint.url)) is not None:
            endpoints.adapt(endpoint, said.running, said.waiting)


def attach(urls: Sequence[str], model: Model) -> str:
    """Return the version of the servers at `urls`, once they are known to serve the model under its id.

    Raises HarnessError when nothing answers at one of them, when it serves something else, or when their
    versions differ: answers of two engines are never one run.
    """
    versions = {url: _attach(url.rstrip("/"), model) for url in urls}
    if len(set(versions.values())) > 1:
        raise HarnessError(
            expected="servers of one version",
            found=", ".join(f"{version} at {url}" for url, version in versions.items()),
            where="serving.urls",
            fix="name servers of one version only",
        )
    return next(iter(versions.values()))


def _attach(url: str, model: Model) -> str:
    try:
        listed, version = probe.served_models(url), probe.version(url)
    except (OSError, ValueError) as error:
        raise HarnessError(
            expected="an OpenAI-compatible server", found=str(error), where=url, fix="mend serving.urls"
        ) from error
    if model.id not in listed:
        raise HarnessError(
            expected=f"a server that serves {model.id}",
            found=f"it serves {', '.join(listed) or 'nothing'}",
            where=url,
            fix=f"start it with --served-model-name {model.id}",
        )
    return version
