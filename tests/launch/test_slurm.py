"""Slurm's commands as the harness calls them: a real cluster; commands of our own only where they are at fault."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.launch import slurm as client

SECONDS = 60


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return a batch script with these lines; jobs leave their output in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)

    def write(lines: str) -> Path:
        path = tmp_path / "job.sh"
        path.write_text(f"#!/bin/bash\n{lines}\n")
        return path

    return write


def over(*ids: str) -> dict[str, client.JobState]:
    """Return jobs once all have ended."""
    until(lambda: all(job.over for job in client.jobs(ids).values()))
    return client.jobs(ids)


class TestJobs:
    @pytest.fixture(autouse=True)
    def cluster(self, slurm: Path) -> None:
        """The session's cluster."""

    def test_a_job_is_known_from_submission_to_its_exit_code(self, script):
        job = client.submit(script("exit 3"), "--job-name=kai", "--begin=now+1hour")
        waiting = client.jobs([job])[job]
        assert (waiting.state, waiting.reason, waiting.exit_code) == ("PENDING", "BeginTime", None)
        client.update(job, StartTime="now")
        ended = over(job)[job]
        assert (ended.state, ended.exit_code, ended.name) == ("FAILED", "3:0", "kai")
        assert ended.nodes is not None and ended.started is not None and ended.ended >= ended.started

    def test_a_job_that_a_signal_ended_shows_the_signal(self, script):
        job = client.submit(script("kill -KILL $$"))
        assert over(job)[job].exit_code == "0:9"

    def test_an_array_is_its_tasks(self, script):
        array = client.submit(script("exit $SLURM_ARRAY_TASK_ID"), "--array=0-2%2")
        found = over(array)
        assert sorted(found) == [f"{array}_{task}" for task in range(3)]
        assert [found[f"{array}_{task}"].exit_code for task in range(3)] == ["0:0", "1:0", "2:0"]
        assert set(client.jobs([f"{array}_1"])) == {f"{array}_1"}

    def test_five_hundred_jobs_take_one_call_each_of_queue_and_accounting(self, script, monkeypatch):
        array = client.submit(script("true"), "--array=0-499", "--hold")
        calls, real = [], subprocess.run
        monkeypatch.setattr(
            subprocess, "run", lambda command, **rest: calls.append(command) or real(command, **rest)
        )
        wanted = [f"{array}_{task}" for task in range(500)]
        assert set(client.jobs(wanted)) == set(wanted)
        assert set(client.jobs([array])) == set(wanted)
        assert [command[0] for command in calls] == ["squeue", "squeue", "sacct"]
        client.cancel([array])
        assert {job.state for job in client.jobs([array]).values()} == {"CANCELLED"}

    @pytest.mark.parametrize("others", [[], ["999998"]])
    def test_what_slurm_does_not_know_is_absent(self, others):
        assert client.jobs(["999999", *others]) == {}

    def test_no_job_asked_for_is_none_found(self):
        assert client.jobs([]) == {}

    def test_jobs_are_found_by_the_beginning_of_their_name_the_oldest_first(self, script):
        path = script("true")
        names = ["kai-7b2|x a,b=c", "kai-7b2.second", "other-kai-7b2"]
        ids = [client.submit(path, f"--job-name={name}", "--hold") for name in names]
        assert [(job.id, job.name) for job in client.named("kai-7b2")] == list(zip(ids, names, strict=True))[:2]
        client.cancel(ids)

    def test_cancelling_what_has_ended_is_no_error(self, script):
        job = client.submit(script("sleep 60"))
        client.cancel([job])
        assert over(job)[job].state == "CANCELLED"
        client.cancel([job, "999999"])
        client.cancel([])

    def test_a_requeued_job_waits_again_under_its_id(self, script):
        job = client.submit(script("sleep 60"))
        until(lambda: client.jobs([job])[job].state == "RUNNING")
        client.requeue(job)
        until(lambda: client.jobs([job])[job].state == "PENDING")
        client.cancel([job])

    def test_a_job_can_be_changed(self, script):
        job = client.submit(script("true"), "--hold")
        client.update(job, JobName="renamed")
        assert client.jobs([job])[job].name == "renamed"
        client.cancel([job])

    def test_a_users_own_defaults_change_no_answer(self, script, monkeypatch):
        job = client.submit(script("true"), "--hold")
        plain = client.jobs([job])
        for name, value in {
            "SQUEUE_STATES": "RUNNING",
            "SQUEUE_FORMAT": "%i",
            "SQUEUE_PARTITION": "high",
            "SLURM_TIME_FORMAT": "%d.%m.",
        }.items():
            monkeypatch.setenv(name, value)
        assert client.jobs([job]) == plain
        client.cancel([job])

    def test_a_job_in_a_job_inherits_no_request_of_the_outer_one(self, script, monkeypatch, tmp_path):
        monkeypatch.setenv("SLURM_MEM_PER_NODE", "10")
        monkeypatch.setenv("SLURM_JOB_ID", "1")
        seen = tmp_path / "env"
        job = client.submit(script(f"env | grep ^SLURM_MEM > {seen}"), "--mem-per-cpu=20")
        assert over(job)[job].state == "COMPLETED"
        assert seen.read_text() == "SLURM_MEM_PER_CPU=20\n"


def refused(option: str, said: str, change: str, script: Path) -> None:
    with pytest.raises(HarnessError) as caught:
        client.submit(script, option)
    assert said in caught.value.found
    assert change in caught.value.fix
    assert option in caught.value.where


class TestRefusals:
    @pytest.mark.parametrize(
        ("option", "said", "change"),
        [
            ("--partition=nope", "invalid partition specified: nope", "cluster.slurm.partition"),
            ("--gres=gpu:9", "Requested node configuration is not available", "cluster.gpus_per_node"),
            ("--gres=gpu:b200:1", "Requested node configuration is not available", "cluster.slurm.gpu_type"),
            ("--mem=99G", "Memory specification can not be satisfied", "cluster.slurm.memory"),
            ("--constraint=nope", "Invalid feature specification", "cluster.slurm.constraint"),
            ("--reservation=nope", "Requested reservation is invalid", "cluster.slurm.reservation"),
            ("--time=soon", "Invalid --time specification", "cluster.slurm.time"),
            ("--dependency=afterok:x", "Job dependency problem", "submit anew"),
            ("--array=0-99999", "Invalid job array specification", "MaxArraySize"),
            ("--nonsense", "unrecognized option '--nonsense'", "cluster.slurm.options"),
        ],
    )
    def test_a_refused_job_says_what_slurm_said_and_what_to_change(self, slurm, script, option, said, change):
        refused(option, said, change, script("true"))

    def test_so_does_one_of_a_wrong_account(self, slurm_accounted, script):
        refused("--account=nope", "Invalid account", "cluster.slurm.account", script("true"))

    def test_a_test_refuses_what_would_wait_for_ever(self, slurm, script):
        assert "to start at" in client.test_only(script("true"), "--nodes=3")
        with pytest.raises(HarnessError, match="and as many of them"):
            client.test_only(script("true"), "--nodes=4")


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a command of our own before Slurm's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def write(name: str, lines: str) -> None:
        path = folder / name
        path.write_text(f"#!/bin/bash\n{lines}\n")
        path.chmod(0o755)

    return write


class TestFaults:
    @pytest.mark.parametrize(
        ("reply", "job"), [("12", "12"), ("12;cluster", "12"), ("Welcome to Vela 7\n12;cluster", "12")]
    )
    def test_an_id_is_found_in_what_sbatch_prints(self, put, reply, job):
        put("sbatch", f"echo '{reply}'")
        assert client.submit(Path("job.sh")) == job

    @pytest.mark.parametrize("reply", ["", "Submitted batch job", "12_3"])
    def test_a_reply_without_an_id_may_have_made_a_job(self, put, reply):
        put("sbatch", f"echo '{reply}'")
        with pytest.raises(HarnessError, match="the id of a job from sbatch") as caught:
            client.submit(Path("job.sh"))
        assert "squeue --me" in caught.value.fix

    def test_without_slurm_the_error_says_where_to_go(self, put, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(HarnessError, match="Slurm's command sbatch") as caught:
            client.submit(Path("job.sh"))
        assert "login node" in caught.value.fix

    def test_a_controller_that_hangs_is_not_waited_for(self, put, monkeypatch):
        put("squeue", "exec sleep 60")
        monkeypatch.setattr(client, "TIMEOUT", 0.3)
        with pytest.raises(HarnessError, match="an answer of Slurm's controller") as caught:
            client.jobs(["1"])
        assert "scontrol ping" in caught.value.fix

    def test_a_controller_that_is_gone_is_no_empty_queue(self, slurm, tmp_path, monkeypatch):
        lines = (slurm / "slurm.conf").read_text().splitlines()
        kept = [line for line in lines if not line.startswith(("SlurmctldPort", "MessageTimeout"))]
        (tmp_path / "slurm.conf").write_text("\n".join([*kept, "SlurmctldPort=1", "MessageTimeout=1"]))
        monkeypatch.setenv("SLURM_CONF", str(tmp_path / "slurm.conf"))
        with pytest.raises(HarnessError, match="Slurm's controller to answer") as caught:
            client.jobs(["1"])
        assert "Unable to contact slurm controller" in caught.value.found

    def test_lines_that_are_no_jobs_are_no_empty_queue(self, put):
        put("squeue", "echo 'The cluster is in maintenance'")
        with pytest.raises(HarnessError, match="9 fields a job from squeue"):
            client.jobs(["1"])

    def test_what_the_queue_forgot_accounting_still_knows(self, slurm_accounted, script, put):
        array = client.submit(script("exit $SLURM_ARRAY_TASK_ID"), "--array=0-1", "--job-name=kai-forgotten")
        known = over(array)
        put("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
        until(lambda: set(client.jobs([array])) == set(known))  # the database is told a little later
        found = client.jobs([array])
        ends = [{job.id: (job.state, job.exit_code) for job in some.values()} for some in (found, known)]
        assert ends[0] == ends[1]
        assert [job.id for job in client.named("kai-forgotten")] == sorted(found)

    def test_a_database_that_is_gone_is_no_empty_answer(self, slurm, put):
        put("sacct", "echo 'sacct: error: Problem talking to the database: Connection refused' >&2; exit 1")
        with pytest.raises(HarnessError, match="Connection refused"):
            client.jobs(["999999", "999998"])
