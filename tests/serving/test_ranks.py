"""Servers over nodes of a real Slurm cluster: they come up, a failure is noticed, and nothing stays behind."""

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from harness.config.settings import load_settings
from harness.errors import HarnessError, UsageError
from harness.evaluation.client import Client
from harness.machine import allocation
from harness.serving.engine import Engine
from harness.serving.fleet import Fleet
from harness.serving.placement import Placement, placements
from harness.serving.replica import as_replica, cached_replica
from harness.serving.step import Part, Step

KEY = "a-secret-that-is-in-no-log"
STAND_IN = """
import json, os, sys, time
seen = {name: os.environ.get(name) for name in ("VLLM_HOST_IP", "GLOO_SOCKET_IFNAME", "CUDA_VISIBLE_DEVICES")}
print(json.dumps({"node": os.environ["SLURMD_NODENAME"], "argv": sys.argv[1:], **seen}), flush=True)
time.sleep(600)
"""
IN_A_PROCESS_OF_ITS_OWN = """
import sys, time
from pathlib import Path
from harness.serving.step import Part, Step
command, log, hosts = [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]), sys.argv[2:]
step = Step(command, log, {}, Part(hosts, "secret", {}, None, "native"))
while not step.url:
    time.sleep(0.05)
print("joined", flush=True)
time.sleep(600)
"""
TWO = {"serving.nodes": 2, "serving.args.tensor-parallel-size": 2, "serving.args.gpu-memory-utilization": 0.3}
# The two nodes are one machine of two cores.
SHARED = ["++serving.env.VLLM_CPU_OMP_THREADS_BIND=nobind", "++serving.env.OMP_NUM_THREADS='1'"]


@pytest.fixture
def hosts(slurm, monkeypatch):
    """The nodes of an allocation that this process is in, as after salloc; two of the cluster's three."""
    given = ["salloc", "--no-shell", "--nodes=2", "--gres=gpu:8", "--exclusive"]
    said = subprocess.run(given, check=True, capture_output=True, text=True, timeout=30).stderr
    job = said.split("job allocation ")[1].split()[0]
    nodes = subprocess.run(
        ["squeue", "-h", "-o", "%N", "-j", job], check=True, capture_output=True, text=True, timeout=30
    ).stdout.strip()
    monkeypatch.setenv("SLURM_JOB_ID", job)
    monkeypatch.setenv("SLURM_JOB_NODELIST", nodes)
    monkeypatch.setenv("SLURM_JOB_CPUS_PER_NODE", "2(x2)")
    yield allocation.hosts()
    subprocess.run(["scancel", job], check=True, timeout=30)


def wait_for(what, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def joined(hosts, log, *, env=(), backend="native", code=STAND_IN):
    step = Step([sys.executable, "-c", code], log, {}, Part(hosts, KEY, dict(env), None, backend))
    wait_for(lambda: step.url or step.exit_code() is not None)
    return step


def processes(job, node=None):
    """What runs in steps of the job, on one of its nodes or on all.

    Slurm's own have no such environment; nor have vLLM's workers, which write their title over it.
    """
    found: set[psutil.Process] = set()
    for process in psutil.process_iter():
        try:
            env = process.environ()
        except psutil.Error:
            continue
        if env.get("SLURM_JOB_ID") == job and "SLURM_PROCID" in env and node in {None, env["SLURMD_NODENAME"]}:
            found |= {process, *process.children(recursive=True)}
    return found


def left(members):
    return [one for one in members if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def words(log):
    """What the stand-ins said, by node."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return {line["node"]: line for line in lines}


def test_every_node_runs_its_own_part_of_the_command(hosts, tmp_path):
    step = joined(hosts, tmp_path / "log", env={"CUDA_VISIBLE_DEVICES": "2,3"})
    wait_for(lambda: len(words(step.log)) == 2)
    first, second = (words(step.log)[host] for host in hosts)
    assert step.url.rpartition(":")[2] == first["argv"][first["argv"].index("--port") + 1]
    assert first["argv"][first["argv"].index("--node-rank") + 1] == "0"
    assert second["argv"][second["argv"].index("--node-rank") + 1] == "1"
    assert second["argv"][-1] == "--headless"
    assert "--headless" not in first["argv"]
    meeting = first["argv"].index("--master-addr")
    assert first["argv"][meeting : meeting + 4] == second["argv"][-5:-1]
    assert first["VLLM_HOST_IP"] == first["argv"][meeting + 1]
    # Slurm gives the step all eight GPUs of a node.
    assert first["CUDA_VISIBLE_DEVICES"] == second["CUDA_VISIBLE_DEVICES"] == "2,3"
    wait_for(lambda: step.cpu_seconds() > 0)
    step.stop()
    assert step.exit_code() == 0
    assert not processes(os.environ["SLURM_JOB_ID"])


def test_the_nodes_speak_over_the_interface_that_is_named(hosts, tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_INTERFACE", "lo")
    step = joined(hosts, tmp_path / "log")
    wait_for(lambda: len(words(step.log)) == 2)
    step.stop()
    said = words(step.log)[hosts[0]]
    assert (said["VLLM_HOST_IP"], said["GLOO_SOCKET_IFNAME"]) == ("127.0.0.1", "lo")


def test_an_interface_that_a_node_lacks_ends_the_step_and_is_named(hosts, tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_INTERFACE", "ib7")
    step = joined(hosts, tmp_path / "log")
    step.stop()
    assert step.exit_code() != 0
    assert "the network interface ib7" in step.text()


def test_the_secret_stands_in_no_command_and_no_log(hosts, tmp_path):
    step = joined(hosts, tmp_path / "log")
    commands = [" ".join(process.cmdline()) for process in processes(os.environ["SLURM_JOB_ID"])]
    step.stop()
    assert len(commands) >= 4
    assert KEY not in " ".join([*commands, *step.command, step.text()])


@pytest.mark.parametrize("victim", ["srun", "vllm of the second node", "second node"])
def test_a_killed_part_is_noticed_and_nothing_stays_behind(victim, hosts, tmp_path):
    step, job = joined(hosts, tmp_path / "log"), os.environ["SLURM_JOB_ID"]
    wait_for(lambda: len(words(step.log)) == 2)
    second = processes(job, hosts[1])
    victims = {
        "srun": [p for p in psutil.Process(step.pid).children(recursive=True) if p.name() == "srun"],
        "vllm of the second node": [p for p in second if STAND_IN in p.cmdline()],
        # All of it at once, with Slurm's own process for the step.
        "second node": [p.parent() for p in second if p.parent().name() == "slurmstepd"] + list(second),
    }[victim]
    assert victims
    for process in victims:
        with suppress(psutil.NoSuchProcess):  # it has followed the one before
            process.kill()
    wait_for(lambda: step.exit_code() is not None, seconds=10)
    assert step.exit_code() != 0
    step.stop(hurry=True)
    assert not processes(job)


def test_when_the_client_is_killed_the_nodes_are_cleared(hosts, tmp_path):
    command = [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN, str(tmp_path / "log"), *hosts]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout.readline() == "joined\n"
        assert processes(os.environ["SLURM_JOB_ID"])
        client.kill()
    wait_for(lambda: not processes(os.environ["SLURM_JOB_ID"]), seconds=15)


def test_a_caller_that_does_not_know_the_secret_is_no_rank(hosts, tmp_path):
    step = Step([sys.executable, "-c", STAND_IN], tmp_path / "log", {}, Part(hosts, KEY, {}, None, "native"))
    port = int(step.command[step.command.index("harness.serving.rank") + 1])
    hello = {"key": "a guess", "rank": 0, "host": "n9", "address": "10.9.9.9", "api": 1, "meeting": 2}
    with allocation.socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(json.dumps(hello).encode() + b"\n")
        assert line.recv(100) == b""
    wait_for(lambda: step.url)
    assert "10.9.9.9" not in step.url
    step.stop()


def test_ray_s_head_and_worker_come_up_and_see_each_other(hosts, tmp_path):
    code = (
        "import ray, time; ray.init(log_to_driver=False); "
        "print('NODES', sum(node['Alive'] for node in ray.nodes()), flush=True); time.sleep(600)"
    )
    folders = set(Path("/tmp").glob("ray-*"))
    step = joined(hosts, tmp_path / "log", backend="ray", code=code)
    wait_for(lambda: "NODES" in step.text() or step.exit_code() is not None, seconds=90)
    assert "NODES 2" in step.text()
    members = processes(os.environ["SLURM_JOB_ID"])
    assert {"raylet", "gcs_server"} <= {process.name() for process in members}
    step.stop()
    assert not processes(os.environ["SLURM_JOB_ID"])
    assert set(Path("/tmp").glob("ray-*")) == folders


def test_a_server_by_ray_needs_ray(hosts, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    settings = load_settings()
    model = settings.model.model_copy(update={"multi_node": "ray"})
    with pytest.raises(HarnessError, match="pip install"):
        Engine(model, settings.serving, tmp_path, tmp_path / "log", Placement(hosts=hosts), KEY)


def test_a_server_of_several_nodes_outside_of_a_job_is_told_to_ask_for_them():
    settings = load_settings(["serving.nodes=2"])
    with pytest.raises(UsageError, match="salloc --nodes=2"):
        placements(settings.model, settings.serving, [0, 1], [], [])


@pytest.mark.parametrize("again", [False, pytest.param(True, marks=pytest.mark.chaos)])
def test_one_server_over_two_nodes_answers_and_survives_the_loss_of_its_second(again, hosts, tmp_path):
    """A real engine: 65 seconds; in the long version it is asked `again` after its restart, 115 seconds."""
    overrides = [f"++{name}={value}" for name, value in TWO.items()]
    settings = load_settings(["model=qwen3_30b_a3b_instruct_2507", *overrides, *SHARED])
    folder = cached_replica(settings.model)
    twin, job, restarts = as_replica(settings.model, folder), os.environ["SLURM_JOB_ID"], []
    places = placements(twin, settings.serving, [0, 1], [], hosts)
    body = {"model": twin.id, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 16, "seed": 1}

    async def ask(fleet: Fleet):
        """Two answers, or one, and what ran on the nodes for them."""
        async with Client.of(fleet) as client:
            tended = asyncio.create_task(fleet.tend(client.endpoints))
            answers, members = [await client.send("chat/completions", body)], processes(job)
            for process in processes(job, hosts[1]):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            if again:
                answers.append(await client.send("chat/completions", body))
            else:
                await asyncio.to_thread(wait_for, lambda: restarts and fleet.engines[0].url)
            tended.cancel()
            return answers, members | processes(job)

    def log(replica: int, start: int) -> Path:
        return tmp_path / f"{replica}-{start}.log"

    with Fleet(twin, settings.serving, folder, places, log, restarts.append) as fleet:
        fleet.wait_healthy()
        key = fleet.engines[0].headers["Authorization"].removeprefix("Bearer ")
        answers, members = asyncio.run(ask(fleet))
    assert {(answer.error, answer.text) for answer in answers} == {(None, answers[0].text)}
    assert [restart.start for restart in restarts] == [2]
    assert key not in log(0, 1).read_text() + log(0, 2).read_text()
    assert not left(members)
