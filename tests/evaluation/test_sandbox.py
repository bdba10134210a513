import subprocess
import sys
import time

import psutil
import pytest

from harness.evaluation.sandbox import Limits, run_python
from harness.evaluation.scoring import score
from harness.evaluation.tasks import load_task


def test_a_program_that_ends_well_passes():
    assert run_python("print(6 * 7)") == run_python("print(6 * 7)")
    assert run_python("print(6 * 7)").output == "42\n"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 1))", "Network is unreachable"),
        ("open('/usr/here', 'w')", "Read-only file system"),
        ("import os; os.listdir('/home')", "No such file"),
        ("import os; os.setuid(1); print('still')", "Error"),
        ("open('/proc/sys/kernel/core_pattern', 'w')", "Error"),
        ("x = [0] * 10**10", "MemoryError"),
        ("open('/tmp/a', 'wb').write(b'x' * 10**8)", "Error"),
        ("import os\nfor i in range(99): open(f'/tmp/{i}', 'wb').write(b'x' * 10**6)", "No space left"),
        ("import subprocess; subprocess.run(['umount', '/usr'], check=True)", "CalledProcessError"),
        ("import os; print(dict(os.environ)); assert 'USER' not in os.environ; raise SystemExit(3)", "HOME"),
    ],
)
def test_what_a_program_may_not_do_fails(program, words):
    found = run_python(program)
    assert not found.passed
    assert words in found.output


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("while True: pass", "timeout"),
        ("import time; time.sleep(60)", "timeout"),
        ("while True: print('x' * 1000)", "output"),
        ("import os\nwhile True:\n try: os.fork()\n except OSError: pass", "timeout"),
        ("import os, time\nos.close(1); os.close(2); time.sleep(60)", "timeout"),
    ],
)
def test_what_never_ends_is_ended(program, reason):
    before = time.monotonic()
    assert run_python(program, Limits(seconds=2.0)).reason == reason
    assert time.monotonic() - before < 20


def programs_alive():
    return {
        p
        for p in psutil.process_iter(["cmdline", "status"])
        if (p.info["cmdline"] or [])[1:] == ["-I", "-B", "/program.py"]
        and p.info["status"] != psutil.STATUS_ZOMBIE
    }


@pytest.fixture
def left_over():
    """The programs that run now and did not run before the test: others may run beside it."""
    before = programs_alive()
    return lambda: programs_alive() - before


def test_a_child_that_outlives_its_program_is_killed_with_it(left_over):
    program = "import os, time\nif os.fork() == 0:\n os.setsid(); os.close(1); os.close(2); time.sleep(300)"
    assert run_python(program).passed
    assert left_over() == set()


def test_a_program_that_is_ended_leaves_nothing_behind(left_over):
    run_python("import os, time\nos.fork(); os.fork(); time.sleep(300)", Limits(seconds=1.0))
    assert left_over() == set()


def test_a_program_ends_with_the_harness_even_when_that_is_killed(left_over):
    code = "from harness.evaluation import sandbox; sandbox.check_available(); print('ready', flush=True); "
    code += "sandbox.run_python('import time; time.sleep(300)', sandbox.Limits(seconds=300))"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout and parent.stdout.readline() == b"ready\n"
    while not left_over():
        assert parent.poll() is None
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while left_over() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_over() == set()


def test_all_reference_solutions_of_humaneval_pass(humaneval):
    instances = humaneval.task.instances
    assert len(instances) == 164
    failed = [
        i.doc["task_id"]
        for i in instances
        if score(humaneval.task, [i], [f"```python\n{i.doc['prompt']}{i.doc['canonical_solution']}\n```"]).scores
        != {"pass@1": 1.0}
    ]
    assert failed == []


@pytest.fixture(scope="module")
def humaneval(settings):
    from harness.config.settings import load_benchmarks, project

    loaded = load_task("humaneval_chat", load_benchmarks(project().configs)["humaneval"], settings.protocol)
    loaded.task.build_all_requests()
    return loaded
