"""The servers that one client spreads its requests over: where they are, which are up, how loaded each is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(eq=False)
class Endpoint:
    """One server as the client sees it."""

    url: str
    """Base address, without a path."""
    number: int = 0
    up: bool = True
    """Whether it is given new requests."""
    life: int = 0
    """Counts how often it went down for good: an answer that was waited for across that is lost."""
    answered: int = 0
    """Answers since its last start."""
    posts: "set[asyncio.Task[object]]" = field(default_factory=set)
    """Requests under way."""

    @property
    def waited_for(self) -> int:
        """Requests that it owes an answer; one more while it is suspected, so that its guard looks closely."""
        return len(self.posts) + (not self.up)


class Endpoints:
    """Servers of the same model; belongs to one event loop."""

    def __init__(self, urls: Sequence[str], concurrency: int, version: str = "/v1") -> None:
        """Take all for well.

        `concurrency` is the number of requests under way at once on each, `version` the path between the base
        address and that of a request.
        """
        self.all = [Endpoint(url, number) for number, url in enumerate(urls)]
        self.concurrency, self.version = concurrency * len(self.all), version
        self._some_up = asyncio.Event()
        self._some_up.set()

    async def least_loaded(self) -> Endpoint:
        """Return the server with the fewest requests under way; waits while none is up."""
        while True:
            up = [endpoint for endpoint in self.all if endpoint.up]
            if up:
                return min(up, key=lambda endpoint: len(endpoint.posts))
            self._some_up.clear()
            await self._some_up.wait()

    @property
    def where(self) -> str:
        """All addresses, for an error."""
        return ", ".join(endpoint.url for endpoint in self.all)

    def suspect(self, endpoint: Endpoint) -> None:
        """Give it no new requests until somebody has looked at it; those under way may still be answered."""
        endpoint.up = False

    def cut(self, endpoint: Endpoint) -> None:
        """Take it for dead: requests under way are broken off, their senders ask another one."""
        endpoint.up = False
        endpoint.life += 1
        for post in endpoint.posts:
            post.cancel()

    def open(self, endpoint: Endpoint, url: str) -> None:
        """Give it requests (again)."""
        endpoint.url, endpoint.up = url, True
        self._some_up.set()
