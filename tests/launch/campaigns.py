"""Campaigns for tests."""

import sys
from pathlib import Path

from harness.config.settings import load_clusters, project
from harness.records import Campaign, Cluster, ServerJob
from harness.store.campaigns import CampaignFolder


def cluster(**changes) -> Cluster:
    found = load_clusters(project().configs)["slurm_local"]
    return found.model_copy(update=changes)


def campaign(*jobs: str, name: str = "trial", **changes) -> Campaign:
    return Campaign(
        id=name,
        created="2026-01-01T00:00:00+00:00",
        code="test",
        command=["claims=x"],
        cluster=cluster(**changes),
        jobs=[
            ServerJob(id=job, model="smollm2_135m", suites=[["model=smollm2_135m"]], nodes=1, gpus_per_node=0)
            for job in jobs or ("one",)
        ],
    )


def planned(tmp_path: Path, plan: Campaign) -> CampaignFolder:
    folder = CampaignFolder(tmp_path / "campaigns" / plan.id)
    folder.write_plan(plan)
    return folder


def client(folder: CampaignFolder, job: str, *actions: str):
    """A client that does one action per attempt, the last again and again: see client.py."""

    def command(attempt: int) -> list[str]:
        action = actions[min(attempt, len(actions)) - 1]
        return [
            sys.executable,
            str(Path(__file__).with_name("client.py")),
            str(folder.path),
            job,
            str(attempt),
            action,
        ]

    return command
