"""Submitting, following and ending a campaign; its jobs are a stand-in's, so that no model is served."""

import time

import pytest

from harness.errors import HarnessError, UsageError
from harness.launch.status import live
from harness.workflow import campaigns
from harness.workflow.display import Display

QUIET = Display(quiet=True)


@pytest.fixture
def asked(slurm, tmp_path, monkeypatch):
    """A command for two models on the local cluster, whose jobs note what they were and wait."""
    worker = tmp_path / "python"
    worker.write_text('#!/bin/bash\necho "$4 $6" >> "$5/done"\n[[ $4 != serve ]] || sleep 100\n')
    worker.chmod(0o755)
    monkeypatch.setattr("harness.workflow.campaigns.sys.executable", str(worker))
    yield ["model=smollm2_135m,gemma3_270m", "suite=demo", "cluster=slurm_local", f"results={tmp_path}"]
    for plan in (tmp_path / "campaigns").glob("*/plan.json"):
        campaigns.cancel(plan.parent.name, [], [f"results={tmp_path}"], QUIET)


def submitted(asked, name="trial"):
    prepared = campaigns.prepare_campaign(asked, name)
    campaigns.submit(prepared, QUIET)
    return prepared.folder


def wait(condition, seconds=40):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def serving(folder):
    path = folder.path / "done"
    return (path.exists() and path.read_text().count("serve")) or 0


def test_preparing_a_campaign_writes_nothing(asked, tmp_path):
    prepared = campaigns.prepare_campaign(asked, "trial")
    assert [script.step for script in prepared.scripts] == ["stage", "serve", "verdict"]
    assert not prepared.folder.path.exists()


def test_scripts_are_tested_without_a_job(asked):
    prepared = campaigns.prepare_campaign(asked, "trial")
    campaigns.test_only(prepared, QUIET)
    assert not live(prepared.folder)


def test_a_campaign_is_followed_cancelled_and_resumed(asked, tmp_path):
    folder, results = submitted(asked), [f"results={tmp_path}"]
    wait(lambda: serving(folder) == 2)
    found = campaigns.status(None, results)
    assert {one.job: one.state for one in found.jobs} == {"smollm2_135m": "running", "gemma3_270m": "running"}
    assert found.verdict == "pending"
    assert campaigns.cancel("trial", ["gemma3_270m"], results, QUIET) == 1
    wait(lambda: len(live(folder)) == 2)
    states = {one.job: (one.state, one.reason) for one in campaigns.status("trial", results).jobs}
    assert states["gemma3_270m"][0] == "given up"
    assert "cancelled by a person" in states["gemma3_270m"][1]
    again = campaigns.resume("trial", [], results, QUIET)
    assert [one.jobs for one in again] == [["gemma3_270m"], ["gemma3_270m"], []]
    wait(lambda: serving(folder) == 3)
    assert campaigns.resume("trial", [], results, QUIET) == [], "everything is at work"
    campaigns.cancel(None, [], results, QUIET)
    wait(lambda: not live(folder))


def test_the_same_command_again_submits_nothing_again(asked):
    folder = submitted(asked)
    before = folder.read_submissions()
    assert submitted(asked) == folder
    assert folder.read_submissions() == before


def test_another_campaign_of_the_same_name_is_refused(asked):
    submitted(asked)
    with pytest.raises(HarnessError, match="another campaign"):
        submitted([*asked, "items=3"])


def test_a_script_that_its_user_changed_stays_changed(asked, tmp_path):
    folder = submitted(asked)
    path = folder.scripts / "trial-serve.sh"
    path.write_text(path.read_text() + "# mine\n")
    wait(lambda: serving(folder) == 2)
    campaigns.cancel("trial", [], [f"results={tmp_path}"], QUIET)
    wait(lambda: not live(folder))
    campaigns.resume("trial", [], [f"results={tmp_path}"], QUIET)
    assert path.read_text().endswith("# mine\n")


def test_what_a_job_printed_is_found_by_its_name(asked, tmp_path):
    folder = submitted(asked)
    wait(lambda: serving(folder) == 2)
    results = [f"results={tmp_path}"]
    everything = {path.name for path in campaigns.logs("trial", None, results)}
    own = {path.name for path in campaigns.logs("trial", "gemma3_270m", results)}
    assert len(everything) == 4
    assert len(own) == 2
    assert all(name.endswith("_1.out") for name in own)
    with pytest.raises(UsageError, match="gemma3_270m"):
        campaigns.logs("trial", "gemma3_270", results)


def test_without_any_campaign_the_way_to_one_is_said(tmp_path):
    with pytest.raises(UsageError, match="harness submit"):
        campaigns.status(None, [f"results={tmp_path}"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["cluster=slurm_local"], "claims=GLOB"),
        (["model=smollm2_135m", "suite=demo"], "cluster=local"),
        (["model=smollm2_135m", "suite=demo", "cluster=slurm_loca"], "slurm_local"),
        (["model=smollm2", "suite=demo", "cluster=slurm_local"], "smollm2_135m"),
        (["model=gpt_5", "suite=demo", "cluster=slurm_local"], "serving=hosted"),
        (["model=a_x_k1", "suite=demo", "cluster=l40sx8"], "l40s"),
    ],
)
def test_a_command_that_cannot_be_planned_says_why(arguments, says):
    with pytest.raises(UsageError) as caught:
        campaigns.prepare_campaign(arguments, None)
    assert says in caught.value.text()
