"""A campaign's own scripts, on a real Slurm cluster with the real engine, to verdicts and pages."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.store import Store, read_samples
from harness.workflow.campaigns import prepare_campaign
from harness.workflow.display import Display
from harness.workflow.rehearse import rehearse

# A shell that starts us in the background ignores Ctrl-C for us.
SUBMIT = [
    "env",
    "--default-signal=INT",
    sys.executable,
    "-m",
    "harness.cli",
    "submit",
    "--rehearse",
    "cluster=h100x8",
    "suite=demo",
]


def test_a_campaign_of_two_models_and_two_tasks_comes_to_verdicts_and_pages(tmp_path: Path) -> None:
    command = [*SUBMIT, "model=k_exaone_236b,qwen3_32b", "protocol=house", "--name=night", "--json"]
    done = subprocess.run([*command, f"results={tmp_path}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["passed"]
    assert [(step["job"], step["step"]) for step in found["steps"]] == [
        *((model, step) for model in ("k_exaone_236b", "qwen3_32b") for step in ("stage", "server", "answers")),
        (None, "verdicts"),
        (None, "site"),
    ]
    # Nothing lies where measurements do.
    assert [path.name for path in tmp_path.iterdir()] == ["rehearsals"]
    store = Store(tmp_path / "rehearsals" / "night")
    runs = list(store.runs())
    assert {(run.read_manifest().identity.model, run.read_manifest().benchmark) for run in runs} == {
        (model, task) for model in ("k_exaone_236b", "qwen3_32b") for task in ("ifbench_294", "humaneval")
    }
    for run in runs:
        samples = read_samples(run.samples)
        assert len({(one.item, one.repeat) for one in samples}) == len(samples) == 2
        assert all(0 < (one.completion_tokens or 0) <= 64 for one in samples)
        assert "replica" in json.dumps(run.read_manifest().identity.weights)
    assert (store.site / "index.html").exists()
    assert all((store.site / f"ko/models/{name}.html").exists() for name in ("k_exaone_236b", "qwen3_32b"))
    scripts = list((Path(found["folder"]) / "scripts").glob("night-rehearsal-serve*.sh"))
    assert all("#SBATCH --gres=gpu:" in script.read_text() for script in scripts)
    assert scripts


def test_a_module_that_is_not_there_is_found_before_anything_starts(tmp_path: Path) -> None:
    command = [*SUBMIT, "model=k_exaone_236b", "cluster.environment.modules=[cuda/99]", f"results={tmp_path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.search("✗ k_exaone_236b stage: .*module", done.stdout)
    assert "– k_exaone_236b server: not reached" in done.stdout
    log = Path(re.search(r"stage: .*\n +(\S+)", done.stdout)[1])
    assert "module" in log.read_text()
    assert not list(Store(log.parents[3]).runs())


def test_ctrl_c_takes_the_cluster_down(tmp_path: Path) -> None:
    command = [*SUBMIT, "model=k_exaone_236b", "cluster.environment.setup=[sleep 300]", f"results={tmp_path}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        folder = next(Path(line.split("SLURM_CONF=")[1]).parent for line in lines if "SLURM_CONF=" in line)
        assert any("staging (running)" in line for line in lines)
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    end = time.monotonic() + 20
    while folder.exists():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["model=deepseek_v3_2", "cluster=h200x8"], "deepseek_v3_2: it has no twin: its sparse attention"),
        (["model=smollm2_135m", "cluster=local"], "whose jobs run on this machine"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_with_the_reason(tmp_path: Path, arguments, found: str) -> None:
    prepared = prepare_campaign([*arguments, "suite=demo", "protocol=house", f"results={tmp_path}"], "night")
    with pytest.raises(UsageError) as error:
        rehearse(prepared, Display(quiet=True))
    assert found in error.value.found
    assert not list(tmp_path.iterdir())
