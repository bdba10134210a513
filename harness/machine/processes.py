"""The one place that starts long-running child processes."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from harness.machine.guardian import HURRY

_END_BYTES = 2_000_000
"""How much of either end of a long log is read to find out what went wrong."""


class Work(NamedTuple):
    """What a tree of processes has done."""

    cpu_seconds: float
    """Processor time used so far."""
    stopped: bool
    """Whether one of them was stopped (SIGSTOP)."""


def work_below(pid: int) -> Work:
    """Return what a process and all its descendants have done; nothing when it has ended."""
    total, stopped = 0.0, False
    for process in _tree(pid):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
            stopped = stopped or process.status() == psutil.STATUS_STOPPED
    return Work(total, stopped)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


class GuardedProcess:
    """A child process with all its descendants, which ends when we end."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str]) -> None:
        """Start `command` under a guardian; both output streams go to the file `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        with log.open("wb") as output:
            self._guardian = subprocess.Popen(
                [sys.executable, "-m", "harness.machine.guardian", "--", *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id of the guardian, the root of the tree."""
        return self._guardian.pid

    def exit_code(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._guardian.poll()

    def signal(self, number: int) -> None:
        """Send a signal to the command itself; nothing happens once it has ended."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.pid).children():
                child.send_signal(number)

    def cpu_seconds(self) -> float:
        """Return the processor time that the whole tree has used so far."""
        return work_below(self.pid).cpu_seconds

    def any_stopped(self) -> bool:
        """Return whether a process of the tree was stopped (SIGSTOP): the others may spin and wait for it."""
        return work_below(self.pid).stopped

    def stop(self, grace: float = 15.0, *, hurry: bool = False) -> None:
        """End the whole tree and wait until it is gone; `hurry` hardly waits for it to end by itself."""
        if self._guardian.stdin is not None:
            with contextlib.suppress(OSError, ValueError):  # it has ended, or was stopped before
                if hurry:
                    self._guardian.stdin.write(HURRY)
                self._guardian.stdin.close()
        try:
            self._guardian.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            for process in reversed(_tree(self.pid)):
                with contextlib.suppress(psutil.Error):
                    process.kill()
            self._guardian.wait()

    def last_lines(self, count: int = 15) -> str:
        """Return the last lines of the log."""
        with self.log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 20_000))
            text = file.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-count:])

    def text(self) -> str:
        """Return the log: all of it, or its two ends where it is long."""
        with self.log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            text = file.read(_END_BYTES)
            if size > 2 * _END_BYTES:
                file.seek(size - _END_BYTES)
            return (text + file.read()).decode(errors="replace")
