import subprocess
import time
from datetime import UTC, datetime

import pytest

from harness.errors import HarnessError
from harness.launch import slurm as commands
from harness.launch.script import scripts
from harness.launch.status import live, status_of
from harness.launch.submit import submit_all, submit_successor, submit_verdict_after, write_scripts
from harness.records import Attempt
from tests.launch.campaigns import campaign, planned

pytestmark = pytest.mark.usefixtures("slurm")

WORKER = """#!/bin/bash
# Stands in for python -m harness.cli job STEP CAMPAIGN JOB.
set -eu
echo "$4 $6" >> "$5/done"
case $4-$6 in
  serve-slow) sleep 60 ;;
  *-broken) exit 1 ;;
esac
"""


@pytest.fixture
def submitted(tmp_path, request):
    """A campaign of these jobs, submitted; its jobs are gone afterwards."""
    folders = []

    def made(*jobs: str, **changes):
        name = f"t{time.monotonic_ns()}"
        plan = campaign(*jobs, name=name, **changes)
        folder = planned(tmp_path, plan)
        worker = folder.path / "worker"
        worker.write_text(WORKER)
        worker.chmod(0o755)
        texts = scripts(plan, str(folder.path), str(worker))
        write_scripts(folder, texts)
        folders.append(folder)
        return plan, folder, texts

    yield made
    for folder in folders:
        commands.cancel(list(live(folder)))


def say(_: str) -> None:
    pass


def done(folder) -> list[str]:
    path = folder.path / "done"
    return sorted(path.read_text().splitlines()) if path.exists() else []


def wait(condition, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, subprocess.run(["squeue", "--states=all"], check=False)
        time.sleep(0.2)


def test_weights_come_first_then_servers_then_verdicts(submitted):
    _, folder, texts = submitted("one", "two")
    found = submit_all(folder, texts, say)
    assert [one.step for one in found] == ["stage", "serve", "verdict"]
    wait(lambda: not live(folder))
    order = (folder.path / "done").read_text().splitlines()
    assert sorted(order) == ["serve one", "serve two", "stage one", "stage two", "verdict all"]
    assert order[-1] == "verdict all"
    assert order.index("stage one") < order.index("serve one")


def test_a_model_waits_for_its_own_weights_and_goes_without_when_they_do_not_come(submitted):
    _, folder, texts = submitted("one", "broken")
    submit_all(folder, texts, say)
    wait(lambda: not live(folder))
    assert done(folder) == ["serve one", "stage broken", "stage one", "verdict all"]


def test_submitting_again_submits_nothing_again(submitted):
    _, folder, texts = submitted("slow")
    first = submit_all(folder, texts, say)
    assert submit_all(folder, texts, say) == first
    assert len(commands.named(first[0].name)) == 1


def test_a_submission_whose_answer_never_came_is_found_by_its_name(submitted):
    plan, folder, texts = submitted("slow")
    first = submit_all(folder, texts, say)
    # As a power cut between the call and the line after it leaves it.
    lines = folder.submissions.read_text().splitlines(keepends=True)
    folder.submissions.write_text("".join(line for line in lines if '"slurm":null' in line))
    assert [one.slurm for one in submit_all(folder, texts, say)] == [one.slurm for one in first]
    assert len(commands.named(f"{plan.id}-serve")) == 1


def test_a_refused_script_says_what_slurm_said_and_the_rest_can_be_submitted_later(submitted):
    plan, folder, texts = submitted("one")
    path = folder.scripts / texts[1].file
    whole = path.read_text()
    path.write_text(whole.replace("--partition=main", "--partition=nowhere"))
    with pytest.raises(HarnessError, match=r"nowhere|partition"):
        submit_all(folder, texts, say)
    path.write_text(whole)
    assert len(submit_all(folder, texts, say)) == 3
    assert len(commands.named(f"{plan.id}-stage")) == 1


def test_some_jobs_are_submitted_once_more_and_the_verdicts_after_them(submitted):
    _, folder, texts = submitted("one", "two")
    submit_all(folder, texts, say)
    wait(lambda: not live(folder))
    again = submit_all(folder, texts, say, only=["two"])
    assert [one.jobs for one in again] == [["two"], ["two"], []]
    wait(lambda: not live(folder))
    assert done(folder).count("serve two") == 2
    assert done(folder).count("serve one") == 1
    assert done(folder).count("verdict all") == 2


@pytest.mark.parametrize(("job", "starts"), [("one", 1), ("broken", 2)])
def test_a_successor_starts_only_when_its_predecessor_did_not_end_well(submitted, job, starts):
    plan, folder, texts = submitted(job)
    # The stage of a broken job would end it before: serve alone.
    (serve,) = submit_all(folder, [text for text in texts if text.step == "serve"], say)
    own = serve.task_ids()[job]
    found = submit_successor(folder, plan.jobs[0], own, plan)
    assert submit_successor(folder, plan.jobs[0], own, plan) == found, "a requeued job has its successor already"
    wait(lambda: not live(folder))
    assert done(folder).count(f"serve {job}") == starts


def test_verdicts_wait_for_the_jobs_that_are_left(submitted):
    plan, folder, texts = submitted("slow")
    submit_all(folder, texts, say)
    wait(lambda: "serve slow" in done(folder))
    (left,) = (one for one, state in live(folder).items() if state.state == "RUNNING")
    found = submit_verdict_after(folder, [left], "7", plan)
    assert commands.jobs([found.slurm])[found.slurm].state == "PENDING"
    commands.cancel([left])
    wait(lambda: not live(folder))
    assert done(folder).count("verdict all") == 2


def row(folder, plan):
    (found,) = status_of(folder, plan, datetime.now(UTC)).jobs
    return found


def test_status_says_how_a_job_stands_from_its_first_day_to_its_last(submitted):
    plan, folder, texts = submitted("slow")
    assert row(folder, plan).state == "planned"
    submit_all(folder, texts, say)
    assert row(folder, plan).state in {"staging", "queued", "running"}
    wait(lambda: "serve slow" in done(folder))
    found = row(folder, plan)
    assert (found.state, found.nodes) == ("running", found.nodes)
    assert found.nodes.startswith("n")
    commands.cancel([found.slurm])
    wait(lambda: not live(folder))
    found = row(folder, plan)
    assert found.state == "lost"
    assert "cancelled" in found.reason
    assert "harness resume" in found.reason
    now = datetime.now(UTC).isoformat()
    attempt = Attempt(number=1, slurm="7_0", node="n1", started=now, ended=now, outcome="complete", new=4)
    folder.note_attempt("slow", attempt)
    assert row(folder, plan).state == "complete"


def test_status_without_slurm_says_so_and_shows_its_own_records(submitted, monkeypatch):
    plan, folder, texts = submitted("one")
    submit_all(folder, texts, say)
    wait(lambda: not live(folder))
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nonexistent")
        found = status_of(folder, plan, datetime.now(UTC))
    assert "squeue" in found.slurm_says
    assert found.jobs[0].state == "queued"
