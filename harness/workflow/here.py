"""A campaign on this machine, without Slurm: its jobs one after the other."""

from collections.abc import Iterable

from harness.store.campaigns import CampaignFolder
from harness.workflow.display import Display
from harness.workflow.job import decide, place, stage, supervise


def run_here(folder: CampaignFolder, jobs: Iterable[str], display: Display) -> None:
    """Fetch, serve and ask for each job, then decide; one that is given up does not hold up the next."""
    for job in jobs:
        where = place(folder.path, job)
        stage(where, display)
        supervise(where, display)
    decide(folder.path, display)
