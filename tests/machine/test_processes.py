import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from harness.errors import HarnessError
from harness.machine.ports import HOST, free_port, reserved_port
from harness.machine.processes import GuardedProcess

FAMILY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"])
time.sleep(99)
"""


def gone(processes, seconds=15.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]:
            return True
        time.sleep(0.05)
    return False


def family(root: int, size: int):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        found = psutil.Process(root).children(recursive=True)
        if len(found) >= size:
            return found
        time.sleep(0.05)
    raise AssertionError("the family did not start")


def test_stopping_ends_the_process_and_its_children(tmp_path):
    process = GuardedProcess([sys.executable, "-c", FAMILY], tmp_path / "log", {})
    members = family(process.pid, 2)
    process.stop()
    assert gone(members)


def test_a_child_that_ignores_the_request_to_end_is_killed(tmp_path):
    deaf = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(99)
"""
    process = GuardedProcess([sys.executable, "-c", deaf], tmp_path / "log", {})
    members = family(process.pid, 1)
    while "deaf" not in process.last_lines():
        time.sleep(0.05)
    process.stop(grace=1.0)
    assert gone(members)


def test_nothing_survives_when_the_harness_is_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from harness.machine.processes import GuardedProcess\n"
        f"p = GuardedProcess([sys.executable, '-c', {FAMILY!r}], Path({str(tmp_path / 'log')!r}), {{}})\n"
        "print(p.pid, flush=True); time.sleep(99)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    guardian = int(parent.stdout.readline())
    members = [psutil.Process(guardian), *family(guardian, 2)]
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(members)


def test_a_killed_guardian_does_not_leave_the_command_alone(tmp_path):
    process = GuardedProcess([sys.executable, "-c", "import time; time.sleep(99)"], tmp_path / "log", {})
    members = family(process.pid, 1)
    os.kill(process.pid, signal.SIGKILL)
    assert gone(members)


def test_the_exit_code_and_the_last_lines_are_those_of_the_command(tmp_path):
    command = [sys.executable, "-c", "print('one'); print('two'); raise SystemExit(7)"]
    process = GuardedProcess(command, tmp_path / "log", {})
    while process.exit_code() is None:
        time.sleep(0.05)
    assert process.exit_code() == 7
    assert process.last_lines(1) == "two"


def test_a_taken_port_is_named(tmp_path):
    import socket

    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(HarnessError, match=f"port {port}"):
            free_port(port)
    assert free_port() > 0


def test_a_reserved_port_is_for_the_server_that_was_started_for_it():
    import socket

    with reserved_port() as held, socket.socket() as server:
        port = held.getsockname()[1]
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((HOST, port))
        server.listen()
        with pytest.raises(HarnessError, match=f"port {port}"):
            reserved_port(port)


def test_a_descendant_that_left_the_group_is_ended_too(tmp_path):
    daemon = "import subprocess; subprocess.Popen(['sleep', '99'], start_new_session=True)"
    leaver = [sys.executable, "-c", f"import subprocess, sys, time; {daemon}; time.sleep(99)"]
    process = GuardedProcess(leaver, tmp_path / "log", {})
    members = family(process.pid, 2)
    process.stop()
    assert gone(members)
