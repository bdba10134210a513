"""A small parent for a long-running child: when the harness dies, however it dies, the child dies too.

Run as `python -m harness.machine.guardian -- COMMAND …` with a pipe from the harness on standard input.
The child gets a session of its own, so that it and all it starts can be ended as one group. The pipe
closes when the harness ends, also by `kill -9`; the group is then ended, and after it whatever had left the
group. The word `HURRY` on the pipe says that a child which does not end at once shall be killed.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import psutil

GRACE_SECONDS = 10.0
HURRY_SECONDS = 1.0
HURRY = b"hurry\n"
_PR_SET_CHILD_SUBREAPER = 36
"""From <linux/prctl.h>."""
_KILLED_SECONDS = 3.0
"""What was killed is gone by then; a process that waits for a disk may not be."""


def end_group(child: "subprocess.Popen[bytes]", grace: float = GRACE_SECONDS) -> None:
    """Ask the child's group to end, wait up to `grace` seconds, then kill what is left of it and beside it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    kill_descendants()


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own has ended, instead of process 1."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_descendants() -> None:
    """Kill all that comes from this process, also what has a session of its own (parts of Ray do)."""
    left = psutil.Process().children(recursive=True)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=_KILLED_SECONDS)


def guard(command: Sequence[str], pipe: int) -> int:
    """Start the command, wait for it or for `pipe` (a descriptor) to close; return the command's exit code."""
    adopt_orphans()
    # Should somebody kill the guardian itself, the kernel asks the child to end.
    guarded = ["setpriv", "--pdeathsig", "TERM", "--", *command]
    child = subprocess.Popen(guarded, stdin=subprocess.DEVNULL, start_new_session=True)
    closed = threading.Event()

    def ended_by_signal(number: int, _: object) -> None:
        end_group(child)
        os._exit(128 + number)

    def watch_pipe() -> None:
        grace = GRACE_SECONDS
        with contextlib.suppress(OSError):  # one to another machine may break
            while word := os.read(pipe, 4096):
                grace = HURRY_SECONDS if word == HURRY else grace
        closed.set()
        end_group(child, grace)
        os._exit(0)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ended_by_signal)
    watcher = threading.Thread(target=watch_pipe, daemon=True)
    watcher.start()
    code = child.wait()
    if closed.is_set():
        watcher.join()  # it ends this process: being told to end is no failure of the command
    end_group(child, grace=2.0)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(guard(sys.argv[sys.argv.index("--") + 1 :], pipe=0))
