import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harness.launch.supervise import Supervisor
from harness.records.cluster import Limits
from tests.launch.campaigns import campaign, client, planned

LIMITS = Limits()


@pytest.fixture(autouse=True)
def outside_of_slurm(monkeypatch):
    for name in [name for name in os.environ if name.startswith("SLURM_")]:
        monkeypatch.delenv(name)


def supervisor(tmp_path, *actions: str, limits: Limits = LIMITS) -> Supervisor:
    plan = campaign(limits=limits)
    folder = planned(tmp_path, plan)
    said: list[str] = []
    own = client(folder, "one", *actions)
    return Supervisor(folder, tmp_path, plan, plan.jobs[0], own, said.append, pauses=(0.0, 0.1))


def outcomes(work: Supervisor) -> list[tuple[str | None, int]]:
    return [(one.outcome, one.new) for one in work.folder.read_attempts("one")]


def test_a_client_that_answers_everything_completes_the_job(tmp_path):
    work = supervisor(tmp_path, "4")
    assert work.run() == 0
    assert outcomes(work) == [("complete", 4)]


def test_a_killed_client_is_started_again_in_the_same_job(tmp_path):
    work = supervisor(tmp_path, "1+killed", "2+killed", "1")
    assert work.run() == 0
    assert outcomes(work) == [("killed", 1), ("killed", 2), ("complete", 1)]
    assert work.folder.read_attempts("one")[0].why == "signal 9"


def test_a_job_that_is_complete_is_not_started_again(tmp_path):
    work = supervisor(tmp_path, "4")
    assert (work.run(), work.run()) == (0, 0)
    assert len(outcomes(work)) == 1


def test_attempts_without_a_new_answer_are_given_up_with_the_reason(tmp_path):
    work = supervisor(tmp_path, "1+failed", "0+failed", limits=Limits(attempts=2))
    assert work.run() == 1
    assert outcomes(work) == [("failed", 1), ("failed", 0), ("failed", 0)]
    given_up = work.folder.read_surrender("one")
    assert "No space left on device" in given_up.why
    assert "harness resume trial" in given_up.fix


def test_what_was_given_up_is_tried_again_once_a_person_says_so(tmp_path):
    work = supervisor(tmp_path, "0+failed", "0+failed", "4", limits=Limits(attempts=2))
    assert work.run() == 1
    assert work.run() == 1, "nobody said so"
    work.folder.forgive("one")
    assert work.run() == 0
    assert outcomes(work)[-1] == ("complete", 4)


def test_wrong_use_is_given_up_at_once(tmp_path):
    work = supervisor(tmp_path, "0+misused")
    assert work.run() == 1
    assert outcomes(work) == [("failed", 0)]
    assert "a suite that does not exist" in work.folder.read_surrender("one").why


def test_a_client_whose_logs_stand_still_is_ended_and_says_why(tmp_path):
    limits = Limits(attempts=1, stall_minutes=0.05)
    work = supervisor(tmp_path, "1+wait", "0+wait", limits=limits)
    assert work.run() == 1
    assert outcomes(work) == [("stalled", 1), ("stalled", 0)]
    assert "no new answer for" in work.folder.read_surrender("one").why


def test_a_job_ends_when_its_hours_are_used_up(tmp_path):
    work = supervisor(tmp_path, "1+failed", limits=Limits(attempts=9, hours=1e-9))
    assert work.run() == 1
    assert "limits.hours" in work.folder.read_surrender("one").why


def when(condition, act) -> threading.Thread:
    def wait() -> None:
        while not condition():
            time.sleep(0.05)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_the_signal_before_the_time_limit_lets_the_client_drain(tmp_path):
    work = supervisor(tmp_path, "2+wait")
    waiting = lambda: (found := work.folder.read_progress("one")) and found.new == 2  # noqa: E731
    thread = when(waiting, lambda: os.kill(os.getpid(), signal.SIGUSR1))
    assert work.run() == 75
    thread.join()
    assert outcomes(work) == [("drained", 2)]


SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from tests.launch.test_supervise import supervisor
import signal
signal.signal(signal.SIGTERM, signal.default_int_handler)
supervisor(Path(sys.argv[1]), "2+wait", "4").run()
"""


def in_a_process(tmp_path) -> "tuple[subprocess.Popen[str], Supervisor]":
    script = SCRIPT.format(tests=str(Path(__file__).parents[2]))
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stderr=subprocess.PIPE, text=True)
    work = supervisor(tmp_path, "4")
    while not ((found := work.folder.read_progress("one")) and found.new == 2):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    return process, work


def clients(tmp_path) -> list[str]:
    found = subprocess.run(
        ["pgrep", "-f", str(tmp_path / "campaigns")], capture_output=True, text=True, check=False
    )
    return found.stdout.split()


def test_a_job_that_slurm_ends_notes_its_end_and_leaves_no_process(tmp_path):
    process, work = in_a_process(tmp_path)
    process.terminate()
    process.communicate()
    assert outcomes(work) == [("stopped", 2)]
    assert not clients(tmp_path)


def test_a_killed_supervisor_takes_its_client_along_and_the_next_one_notes_it(tmp_path):
    process, work = in_a_process(tmp_path)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 20
    while clients(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert outcomes(work) == [(None, 0)]
    assert work.run() == 0
    assert outcomes(work)[0] == ("killed", 2)
    assert "ended without a word" in work.folder.read_attempts("one")[0].why


def test_a_line_torn_by_a_kill_is_passed_over_and_the_next_stays_whole(tmp_path):
    work = supervisor(tmp_path, "1+failed", "3")
    path = work.folder.path / "attempts" / "one.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"number": 1, "slurm"')
    assert work.run() == 0
    lines = path.read_text().splitlines()
    assert json.loads(lines[1])["number"] == 1
    assert outcomes(work) == [("failed", 1), ("complete", 3)]


def test_a_full_disk_is_waited_for(tmp_path):
    work = supervisor(tmp_path, "4")
    attempts = work.folder.path / "attempts"
    attempts.write_text("a file where the folder should be: nothing can be written")
    said = work.say
    work.say = lambda text: (said(text), "nothing can be written" in text and attempts.unlink(missing_ok=True))
    assert work.run() == 0
    assert outcomes(work) == [("complete", 4)]
