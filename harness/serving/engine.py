"""Start a server, wait until it is healthy, stop it with all its children."""

import asyncio
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import HarnessError
from harness.machine.ports import HOST, reserved_port
from harness.machine.processes import GuardedProcess
from harness.records import Model, Serving
from harness.serving import probe
from harness.serving.command import check_ray, command
from harness.serving.failures import Failure, classify
from harness.serving.placement import Placement
from harness.serving.step import Part, Step

_POLL_SECONDS = 0.25


class EngineError(HarnessError):
    """A server of ours that does not work, with what its log says of the cause."""

    def __init__(self, failure: Failure, found: str, *, where: str, detail: str) -> None:
        """`found` is what was seen from outside."""
        self.failure, self.seen = failure, found
        cause = f": {failure.says}" if failure.says else ""
        super().__init__(
            "a vLLM server that answers", f"{found}{cause}", where=where, fix=failure.fix, detail=detail
        )


class Engine:
    """A vLLM server that belongs to us; use it as a context manager."""

    def __init__(
        self,
        model: Model,
        serving: Serving,
        weights: Path,
        log: Path,
        place: Placement | None = None,
        key: str = "",
    ) -> None:
        """Start the server process; it is not healthy yet. Raises HarnessError when the port is taken.

        `key` is what a server on other nodes than ours asks of its clients.
        """
        place = place or Placement()
        self.model, self.serving, self._weights = model, serving, weights
        self.healthy = False
        """Whether it has ever been well."""
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        """What every request has to say."""
        self.started = time.monotonic()
        # The weights are on the disk by now: no start waits for a hub that cannot be reached.
        env = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", **serving.env}
        port = None if serving.port is None else serving.port + place.number
        self._held = None if place.hosts else reserved_port(port)
        self.port = self._held.getsockname()[1] if self._held else None
        """On this machine; None for a server on other nodes, which find one themselves."""
        self.command = command(model, serving, str(weights), self.port, place=place.args)
        self.process: GuardedProcess
        if place.hosts:
            if model.multi_node == "ray" and len(place.hosts) > 1:
                check_ray()
            part = Part(place.hosts, key, place.env, port, model.multi_node)
            self.process = Step(self.command, log, env, part)
            self.command = self.process.command
        else:
            self.process = GuardedProcess(self.command, log, {**env, **place.env})
        self.where = ", ".join(place.hosts) or self.url
        """The nodes that it runs on, or its address on this machine."""

    @property
    def url(self) -> str:
        """Base address, without a path; empty as long as the nodes that it runs on have not said theirs."""
        return self.process.url if isinstance(self.process, Step) else f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self, *, hurry: bool = False) -> None:
        """End it with all it started; one that is still starting has nothing to finish and is not waited for."""
        self.process.stop(hurry=hurry or not self.healthy)
        if self._held is not None:
            self._held.close()

    def wait_healthy(self, waiting: Callable[[float], None] = lambda _: None) -> float:
        """Wait until the server answers and return the seconds since its start.

        There is no deadline: downloading and compiling may take long. Raises EngineError when the process
        ends, or when nothing moves (no log line, no processor time) for `start_stall_seconds`.
        """
        for seconds in self.starting():
            waiting(seconds)
            time.sleep(_POLL_SECONDS)
        return time.monotonic() - self.started

    async def becomes_healthy(self) -> None:
        """Do what `wait_healthy` does without holding up the event loop."""
        steps = self.starting()
        while await asyncio.to_thread(next, steps, None) is not None:
            await asyncio.sleep(_POLL_SECONDS)

    def starting(self) -> Iterator[float]:
        """Yield the seconds since the start until the server answers; raises what `wait_healthy` raises."""
        moved, seen = time.monotonic(), (0, 0.0)
        while not (self.url and probe.healthy(self.url)):
            self.check_alive()
            state = (self.process.log.stat().st_size, round(self.process.cpu_seconds(), 0))
            now = time.monotonic()
            if state != seen:
                moved, seen = now, state
            if now - moved > self.serving.start_stall_seconds:
                raise self.failure(f"nothing moved for {now - moved:.0f} s while it started")
            yield now - self.started
        self._check_it_is_ours()
        self.healthy = True

    def _check_it_is_ours(self) -> None:
        """Raise EngineError when another server was quicker to take the port."""
        self.check_alive()
        try:
            served = probe.served_models(self.url, self.headers)
        except (OSError, ValueError) as error:
            raise self.failure(f"it is healthy but does not list its models: {error}") from error
        if served != {self.model.id: str(self._weights)}:
            raise self.failure(f"another server answers at {self.url}: it serves {served}")

    def check_alive(self) -> None:
        """Raise EngineError when the server process has ended."""
        code = self.process.exit_code()
        if code is not None:
            raise self.failure(f"the engine ended with code {code}")

    def failure(self, found: str) -> EngineError:
        """Return the error of a server that fails: cause and cure, launch command, last lines of its log."""
        cause = classify(self.process.text(), self.process.exit_code(), self.model, worked=self.healthy)
        decisive = f"--- decisive line of the log\n{cause.line}\n" if cause.line else ""
        return EngineError(
            cause,
            found,
            where=str(self.process.log),
            detail=f"command: {shlex.join(self.command)}\n{decisive}"
            f"--- last lines of the log\n{self.process.last_lines()}",
        )
