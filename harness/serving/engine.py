"""Start a server, wait until it is healthy, stop it with all its children."""

import re
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import HarnessError
from harness.machine.ports import HOST, free_port
from harness.machine.processes import GuardedProcess
from harness.records import Model, Serving
from harness.serving import probe
from harness.serving.command import command

_FAILURE = re.compile(r"\b\w*(?:Error|Exception): \S")


class Engine:
    """A vLLM server that belongs to us; use it as a context manager."""

    def __init__(self, model: Model, serving: Serving, weights: Path, log: Path) -> None:
        """Start the server process; it is not healthy yet. Raises HarnessError when the port is taken."""
        self.model, self.serving, self._weights = model, serving, weights
        self.port = free_port(serving.port)
        self.command = command(model, serving, str(weights), self.port)
        self.started = time.monotonic()
        # The weights are on the disk by now: no start waits for a hub that cannot be reached.
        env = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", **serving.env}
        self.process = GuardedProcess(self.command, log, env)

    @property
    def url(self) -> str:
        """Base address, without a path."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stop()

    def wait_healthy(self, waiting: Callable[[float], None] = lambda _: None) -> float:
        """Wait until the server answers and return the seconds since its start.

        There is no deadline: downloading and compiling may take long. Raises HarnessError when the process
        ends, or when nothing moves (no log line, no processor time) for `start_stall_seconds`.
        """
        moved, seen = time.monotonic(), (0, 0.0)
        while not probe.healthy(self.url):
            self.check_alive()
            state = (self.process.log.stat().st_size, round(self.process.cpu_seconds(), 0))
            now = time.monotonic()
            if state != seen:
                moved, seen = now, state
            if now - moved > self.serving.start_stall_seconds:
                raise self.failure(f"nothing moved for {now - moved:.0f} s while it started")
            waiting(now - self.started)
            time.sleep(0.25)
        self._check_it_is_ours()
        return time.monotonic() - self.started

    def _check_it_is_ours(self) -> None:
        """Raise HarnessError when another server was quicker to take the port."""
        self.check_alive()
        try:
            served = probe.served_models(self.url)
        except (OSError, ValueError) as error:
            raise self.failure(f"it is healthy but does not list its models: {error}") from error
        if served != {self.model.id: str(self._weights)}:
            raise self.failure(f"another server answers on port {self.port}: it serves {served}")

    def check_alive(self) -> None:
        """Raise HarnessError when the server process has ended."""
        code = self.process.exit_code()
        if code is not None:
            raise self.failure(f"the engine ended with code {code}")

    def failure(self, found: str) -> HarnessError:
        """Return the error of a server that does not work: launch command and last lines of its log."""
        cause = self.process.first_line_with(_FAILURE)
        first = f"--- first error in the log\n{cause}\n" if cause else ""
        return HarnessError(
            expected="a vLLM server that answers",
            found=found,
            where=str(self.process.log),
            fix="see the engine's last lines; what was answered is kept, the same command continues",
            detail=f"command: {shlex.join(self.command)}\n{first}"
            f"--- last lines of the log\n{self.process.last_lines()}",
        )
