"""The servers that one client spreads its requests over: where they are, which are up, how loaded each is."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

GROWTH = 0.25
"""Share of the first limit by which a limit grows at each look, while nothing waits at the server."""
CROWDED = 0.25
"""As many requests waiting, as a share of those that the server works on, are more than keep it busy."""
CUT = 0.75
"""What a crowded server's limit is multiplied by."""


@dataclass(eq=False)
class Endpoint:
    """One server as the client sees it."""

    url: str
    """Base address, without a path."""
    number: int = 0
    limit: int = 1
    """Requests that it is given at once."""
    up: bool = True
    """Whether it is given new requests."""
    life: int = 0
    """Counts how often it went down for good: an answer that was waited for across that is lost."""
    answered: int = 0
    """Answers since its last start."""
    taken: int = 0
    """Slots taken: requests under way, or about to be."""
    posts: "set[asyncio.Task[object]]" = field(default_factory=set)
    """Requests under way."""

    @property
    def free(self) -> int:
        """Requests that it may be given now."""
        return max(0, self.limit - self.taken) if self.up else 0

    @property
    def waited_for(self) -> int:
        """Requests that it owes an answer; one more while it is suspected, so that its guard looks closely."""
        return len(self.posts) + (not self.up)


class Endpoints:
    """Servers of the same model; belongs to one event loop."""

    def __init__(
        self,
        urls: Sequence[str],
        concurrency: int,
        version: str = "/v1",
        most: int | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take all for well.

        `concurrency` is the number of requests under way at once on each, to begin with and at least; `most` what
        it may grow to (None: it stays). `version` is the path between the base address and that of a request, and
        `headers` are sent with each.
        """
        self.all = [Endpoint(url, number, concurrency) for number, url in enumerate(urls)]
        self.version, self.headers = version, headers
        self._least, self._most = concurrency, max(concurrency, most or 0)
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def most(self) -> int:
        """Requests that can ever be under way at once on all."""
        return self._most * len(self.all)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Endpoint]:
        """Yield the least loaded server that is up and has room; wait, first come first served, while none has."""
        while not (free := [endpoint for endpoint in self.all if endpoint.free]):
            turn = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self._call()  # the turn may have come already: it goes to the next
                raise
        endpoint = min(free, key=lambda one: one.taken)
        endpoint.taken += 1
        try:
            yield endpoint
        finally:
            endpoint.taken -= 1
            self._call()

    def _call(self) -> None:
        """Tell as many of those who wait as there is room for."""
        room = sum(endpoint.free for endpoint in self.all)
        while room > 0 and self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                room -= 1

    def adapt(self, endpoint: Endpoint, running: float, waiting: float) -> None:
        """Raise or lower its limit after a look at what it works on and what waits there for room.

        Additive increase, multiplicative decrease, each only once the last change has come about. A server that
        has none waiting could do more; one with many waiting does not get faster by more, and what it was given
        is lost to servers that have room.
        """
        if waiting > CROWDED * running and endpoint.taken <= endpoint.limit:
            endpoint.limit = max(self._least, int(endpoint.limit * CUT))
        elif waiting == 0 and endpoint.up and endpoint.taken >= endpoint.limit:
            endpoint.limit = min(self._most, endpoint.limit + max(1, int(self._least * GROWTH)))
            self._call()

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
        endpoint.limit = self._least
        for post in endpoint.posts:
            post.cancel()

    def open(self, endpoint: Endpoint, url: str) -> None:
        """Give it requests (again)."""
        endpoint.url, endpoint.up = url, True
        self._call()
