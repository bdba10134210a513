"""A campaign on a real cluster that is meddled with: nothing is lost or doubled, and it gets to its end."""

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from harness.errors import HarnessError
from harness.launch import slurm
from harness.launch.status import live, status_of
from harness.store.throughput import read_throughput
from harness.workflow.campaigns import prepare_campaign, submit
from harness.workflow.display import Display
from tests.clusters import LOCAL, cluster, in_use

QUIET = Display(quiet=True)


class Campaign:
    """One campaign of one model on two benchmarks, and what befalls it."""

    def __init__(self, slurm_folder: Path, results: Path, *arguments: str, rehearsal: bool = False) -> None:
        self.slurm_folder, self.results = slurm_folder, results
        # Nobody may give up because of what the test does.
        patient = ["cluster=slurm_local", "cluster.limits.attempts=99", f"results={results}"]
        prepared = prepare_campaign(["suite=demo", *patient, *arguments], "chaos")
        # With a twin in the model's place where it is a rehearsal.
        self.plan = prepared.plan.campaign.model_copy(update={"rehearsal": rehearsal})
        self.folder = prepared.folder
        submit(replace(prepared, plan=replace(prepared.plan, campaign=self.plan)), QUIET)

    def row(self):
        (found,) = status_of(self.folder, self.plan, datetime.now(UTC)).jobs
        return found

    def answers(self) -> list[dict]:
        paths = sorted(self.results.glob("runs/*/*/*/samples.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_bytes().split(b"\n")[:-1]]

    def wait(self, condition, seconds: float = 400) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.story()
            time.sleep(0.1)

    def story(self) -> str:
        logs = [path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.logs.glob("*"))]
        return "\n----\n".join([str(self.row()), *logs])

    def running(self) -> str | None:
        """Slurm's id of the job that works, once its client does."""
        found = self.row()
        return found.slurm if found.state == "running" and self.processes("job work") else None

    def processes(self, words: str) -> list[psutil.Process]:
        """Processes of this campaign whose command line holds these words."""
        found = []
        for process in psutil.process_iter(["cmdline", "environ", "status"]):
            line = " ".join(process.info["cmdline"] or [])
            own = str(self.results) in line or str(self.slurm_folder) in str(process.info["environ"])
            if words in line and own and "guardian" not in line and process.info["status"] != "zombie":
                found.append(process)
        return found

    # What befalls it.

    def scancel(self, job: str) -> None:
        slurm.cancel([job])

    def requeue(self, job: str) -> None:
        slurm.requeue(job)

    def time_limit(self, job: str) -> None:
        slurm.update(job, TimeLimit="1")

    def kill_engine(self, job: str) -> None:
        for process in self.engines():
            process.kill()

    def kill_client(self, job: str) -> None:
        for process in self.processes("job work"):
            process.kill()

    def kill_supervisor(self, job: str) -> None:
        for process in self.processes("job serve"):
            process.kill()

    def kill_slurmd(self, job: str) -> None:
        for path in self.slurm_folder.glob("**/slurmd*.pid"):
            os.kill(int(path.read_text()), signal.SIGKILL)
        time.sleep(2)
        self.up()

    def restart_controller(self, job: str) -> None:
        (path,) = self.slurm_folder.glob("**/slurmctld.pid")
        controller = psutil.Process(int(path.read_text()))
        controller.terminate()
        controller.wait(30)
        self.up()

    def fill_the_disk(self, job: str) -> None:
        """Only where the results lie on a small file system of their own."""
        filler = self.results / "filler"
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
            except OSError:
                pass
        time.sleep(4)
        filler.unlink()

    def lose_node(self, job: str) -> None:
        """The last node that the job runs on is gone; it comes back later."""
        node = slurm.ask("scontrol", "show", "hostnames", slurm.jobs([job])[job].nodes).split()[-1]
        slurm.ask("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test")
        time.sleep(3)
        with suppress(HarnessError):  # it has come back by itself: its daemon was well
            slurm.ask("scontrol", "update", f"NodeName={node}", "State=RESUME")

    def preempt(self, job: str) -> None:
        """Somebody more important takes all nodes for a moment."""
        wanted = ["sbatch", "--partition=high", "--exclusive", "--nodes=2", "--output=/dev/null"]
        subprocess.run([*wanted, "--wrap", "sleep 3"], check=True, stdout=subprocess.DEVNULL)
        time.sleep(4)

    def kill_follower(self, job: str) -> None:
        """What a server that spans two nodes has on the second is gone."""
        for process in self.processes("harness.serving.rank"):
            if process.environ().get("SLURM_PROCID") == "1":
                for one in [*process.children(recursive=True), process]:
                    one.kill()

    def up(self) -> None:
        subprocess.run([LOCAL / "up.sh", self.slurm_folder], check=True, stdout=subprocess.DEVNULL)

    def engines(self) -> list[psutil.Process]:
        clients = self.processes("job work")
        below = [child for client in clients for child in client.children(recursive=True)]
        return [child for child in below if child.is_running() and "vllm" in " ".join(child.cmdline()).lower()]

    def assert_whole(self, wanted: int) -> None:
        """All is answered once, decided and shown, and nothing is left behind."""
        self.wait(lambda: self.row().state == "complete")
        self.wait(lambda: not live(self.folder))
        answers = self.answers()
        keys = Counter((answer["item"], answer["repeat"]) for answer in answers)
        assert len(keys) == len(answers) == wanted
        assert not [answer for answer in answers if answer["status"] == "error"]
        assert not self.processes("job work")
        assert (self.results / "site" / "index.html").exists()
        assert status_of(self.folder, self.plan, datetime.now(UTC)).verdict == "completed"


EVENTS = [
    Campaign.scancel,
    Campaign.requeue,
    Campaign.time_limit,
    Campaign.kill_engine,
    Campaign.kill_client,
    Campaign.kill_supervisor,
    Campaign.kill_slurmd,
    Campaign.restart_controller,
    Campaign.fill_the_disk,
    Campaign.lose_node,
    Campaign.preempt,
]


def meddle(campaign: Campaign, events, chance: random.Random, eager: float) -> None:
    """Let `events` befall it, one after the other; some of them before it has answered anything new."""
    before: list[dict] = []
    for number, event in enumerate(events, start=1):
        campaign.wait(campaign.running)
        if chance.random() > eager:
            wanted = len(campaign.answers()) + chance.randint(1, 3)
            campaign.wait(lambda wanted=wanted: len(campaign.answers()) >= wanted)
        else:
            time.sleep(10 * chance.random())
        kept = campaign.answers()
        assert all(answer in kept for answer in before)
        before = kept
        job = campaign.running()
        print(
            f"{number} of {len(events)}: {event.__name__} of job {job}, {len(before)} answers so far", flush=True
        )
        if job is not None:
            event(campaign, job)
            time.sleep(1)


@pytest.fixture
def place(tmp_path):
    """A cluster of its own, and a file system of 200 MB for the results."""
    results = tmp_path / "results"
    results.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "harness-test", str(results)], check=True)
    try:
        with cluster("--nodes", "2") as folder, in_use(folder):
            yield folder, results
    finally:
        subprocess.run(["umount", "--lazy", str(results)], check=True)


SMALL = ["model=smollm2_135m", "items=6", "protocol.max_tokens=32", "serving.concurrency=4"]


def test_a_campaign_that_is_cancelled_and_killed_gets_to_its_end(place):
    campaign = Campaign(*place, *SMALL, "repeats=2")
    events = [Campaign.kill_client, Campaign.scancel]
    meddle(campaign, events, random.Random(1), eager=0)
    campaign.assert_whole(24)
    outcomes = [attempt.outcome for attempt in campaign.folder.read_attempts("smollm2_135m")]
    assert outcomes[-1] == "complete"
    assert len(outcomes) == 3
    # What the last of them took, for the next plan; the killed one could not say.
    speeds = read_throughput([campaign.results / "throughput.jsonl"])
    assert {(line.model, line.gpu) for line in speeds} == {("smollm2_135m", None)}
    assert all(line.seconds > 0 for line in speeds)


@pytest.mark.chaos
def test_a_campaign_survives_twenty_rounds_of_what_befalls_clusters(place):
    seed = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(10**6)))
    print(f"CHAOS_SEED={seed}")
    chance = random.Random(seed)
    events = EVENTS + [chance.choice(EVENTS) for _ in range(20 - len(EVENTS))]
    chance.shuffle(events)
    began = time.monotonic()
    campaign = Campaign(*place, *SMALL, "repeats=12")
    meddle(campaign, events, chance, eager=0.4)
    campaign.assert_whole(144)
    outcomes = Counter(attempt.outcome for attempt in campaign.folder.read_attempts("smollm2_135m"))
    jobs = {submission.slurm for submission in campaign.folder.read_submissions() if submission.step == "serve"}
    print(f"{time.monotonic() - began:.0f} s, {len(jobs)} jobs, attempts: {dict(outcomes)}")


@pytest.mark.chaos
def test_a_server_over_two_nodes_loses_one_of_them_and_no_answer(place):
    over_two = ["serving.nodes=2", "serving.args.tensor-parallel-size=2"]
    campaign = Campaign(*place, "model=qwen3_30b_a3b_instruct_2507", *over_two, rehearsal=True)
    healthy = lambda: "healthy: " in "".join(path.read_text() for path in campaign.folder.logs.glob("qwen3*"))  # noqa: E731
    campaign.wait(healthy)
    campaign.kill_follower(str(campaign.running()))
    restarted = lambda: list(campaign.results.glob("runs/*/*/*/restarts.jsonl"))  # noqa: E731
    campaign.wait(restarted)
    campaign.wait(lambda: campaign.answers() or campaign.row().state == "complete")
    if (job := campaign.running()) is not None:
        campaign.lose_node(job)
    campaign.assert_whole(4)
