"""A small parent for a long-running child: when the harness dies, however it dies, the child dies too.

Run as `python -m harness.machine.guardian -- COMMAND …` with a pipe from the harness on standard input.
The child gets a session of its own, so that it and all it starts can be ended as one group. The pipe
closes when the harness ends, also by `kill -9`; the group is then ended. The word `HURRY` on the pipe says
that a child which does not end at once shall be killed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 10.0
HURRY_SECONDS = 1.0
HURRY = b"hurry\n"


def end_group(child: "subprocess.Popen[bytes]", grace: float = GRACE_SECONDS) -> None:
    """Ask the child's whole group to end, wait up to `grace` seconds, then kill what is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def main() -> int:
    """Start the command, wait for it or for the harness to end, and return the command's exit code."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    # Should somebody kill the guardian itself, the kernel asks the child to end.
    guarded = ["setpriv", "--pdeathsig", "TERM", "--", *command]
    child = subprocess.Popen(guarded, stdin=subprocess.DEVNULL, start_new_session=True)

    def ended_by_signal(number: int, _: object) -> None:
        end_group(child)
        os._exit(128 + number)

    def watch_pipe() -> None:
        grace = GRACE_SECONDS
        while word := os.read(0, 4096):
            grace = HURRY_SECONDS if word == HURRY else grace
        end_group(child, grace)
        os._exit(0)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ended_by_signal)
    threading.Thread(target=watch_pipe, daemon=True).start()
    code = child.wait()
    end_group(child, grace=2.0)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
