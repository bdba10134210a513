"""Several engines of our own, side by side: started together, started again when one fails."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import HarnessError
from harness.records import Model, Restart, Serving
from harness.serving.endpoints import Endpoint, Endpoints
from harness.serving.engine import Engine, EngineError
from harness.serving.placement import Placement
from harness.serving.watchdog import watch

_DYING_SECONDS = 5.0
"""A server whose core has died takes a moment to end itself."""


@dataclass
class _Seat:
    """The place of one server, and the engine that sits there now."""

    place: Placement
    engine: Engine
    starts: int = 1
    in_vain: int = 0
    """Restarts in a row since the last answer."""


class Fleet:
    """Servers of ours behind one client; use it as a context manager."""

    def __init__(
        self,
        model: Model,
        serving: Serving,
        weights: Path,
        places: Sequence[Placement],
        log: Callable[[int, int], Path],
        restarted: Callable[[Restart], None] = lambda _: None,
        given_up: Callable[[int, HarnessError], None] = lambda *_: None,
    ) -> None:
        """Start one engine per place; none is healthy yet.

        `log` gives the log's path for (replica, start 1, 2, …); `restarted` is told of every restart,
        `given_up` of every replica that is not started any more.
        Raises HarnessError when a port is taken.
        """
        self._model, self._serving, self._weights = model, serving, weights
        self._log, self._restarted, self._given_up = log, restarted, given_up
        self._key = secrets.token_urlsafe() if any(place.hosts for place in places) else ""
        """Servers on other nodes can be reached by everybody there, and answer those who know it."""
        self._seats: list[_Seat] = []
        try:
            for place in places:
                self._seats.append(_Seat(place, self._engine(place, 1)))
        except BaseException:
            self.stop()
            raise

    def _engine(self, place: Placement, start: int) -> Engine:
        log = self._log(place.number, start)
        return Engine(self._model, self._serving, self._weights, log, place, self._key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End all engines, at the same time."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda seat: seat.engine.stop(), self._seats))

    @property
    def engines(self) -> list[Engine]:
        """The engines of now, by replica."""
        return [seat.engine for seat in self._seats]

    def wait_healthy(self) -> None:
        """Wait until all are well, with the restarts that may help; raises HarnessError when one cannot start."""

        async def all_of_them() -> None:
            async with asyncio.TaskGroup() as group:
                for seat in self._seats:
                    group.create_task(self._bring_up(seat))

        try:
            asyncio.run(all_of_them())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    def revive(self) -> bool:
        """Start again what has died while nobody tended it; return whether anything had.

        Raises HarnessError, with the cause from its log, when that is of no use.
        """
        deadline = time.monotonic() + _DYING_SECONDS
        while all(seat.engine.process.exit_code() is None for seat in self._seats):
            if time.monotonic() > deadline:
                return False
            time.sleep(_DYING_SECONDS / 20)
        self.wait_healthy()
        return True

    def service(self) -> None:
        """Return nothing: these servers ask nothing of a client."""

    def endpoints(self) -> Endpoints:
        """Return the servers as a client sees them."""
        urls, serving = [engine.url for engine in self.engines], self._serving
        headers = self.engines[0].headers
        return Endpoints(urls, serving.concurrency, most=serving.concurrency_most, headers=headers)

    async def tend(self, endpoints: Endpoints) -> None:
        """Watch all servers and start again what fails; raises HarnessError when the last is given up."""
        pairs = zip(self._seats, endpoints.all, strict=True)
        errors = await asyncio.gather(*(self._keep(seat, endpoints, one) for seat, one in pairs))
        raise errors[-1]

    async def _keep(self, seat: _Seat, endpoints: Endpoints, endpoint: Endpoint) -> HarnessError:
        """Keep one server up; return the error that it is given up with."""
        try:
            while True:
                await self._bring_up(seat)
                endpoint.answered = 0
                endpoints.open(endpoint, seat.engine.url)
                try:
                    await watch(seat.engine, endpoints, endpoint)
                except EngineError as error:
                    endpoints.cut(endpoint)
                    seat.in_vain = 0 if endpoint.answered else seat.in_vain
                    await self._start_again(seat, error)
        except HarnessError as error:
            self._given_up(seat.place.number, error)
            return error

    async def _bring_up(self, seat: _Seat) -> None:
        while True:
            try:
                if not seat.engine.healthy:
                    await seat.engine.becomes_healthy()
                seat.engine.check_alive()
                return
            except EngineError as error:
                await self._start_again(seat, error)

    async def _start_again(self, seat: _Seat, error: EngineError) -> None:
        """Put a new engine in the place of one that failed; raises its error when that is of no use."""
        # What is left of it answers nobody, and may hang.
        await asyncio.to_thread(seat.engine.stop, hurry=True)
        if not error.failure.restart or seat.in_vain >= self._serving.restarts:
            raise error
        seat.in_vain += 1
        seat.starts += 1
        self._restarted(
            Restart(
                when=datetime.now(UTC).isoformat(timespec="seconds"),
                replica=seat.place.number,
                start=seat.starts,
                kind=error.failure.kind,
                found=error.seen,
                line=error.failure.line,
            )
        )
        seat.engine = self._engine(seat.place, seat.starts)
