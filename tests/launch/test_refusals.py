import pytest

from harness.launch.refusals import refusal


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("Invalid account or account/partition combination specified", "cluster.slurm.account"),
        ("Invalid qos specification", "cluster.slurm.qos"),
        (
            "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
            "sacctmgr show qos",
        ),
        ("Requested time limit is invalid (missing or exceeds some limit)", "cluster.slurm.time"),
        ("Required partition not available (inactive or drain)", "sinfo -s"),
        ("User's group not permitted to use this partition", "ask the site for access"),
        ("Access denied to requested reservation", "cluster.slurm.reservation"),
        ("Invalid generic resource (gres) specification", "cluster.slurm.gpu_type"),
        ("Invalid Trackable RESource (TRES) specification", "cluster.slurm.gpu_type"),
        ("More processors requested than permitted", "cluster.nodes"),
        ("Memory required by task is not available", "cluster.slurm.memory"),
        ("Slurm temporarily unable to accept job, sleeping and retrying", "try again later"),
        ("Unable to contact slurm controller (connect failure)", "scontrol ping"),
        ("Socket timed out on send/recv operation", "scontrol ping"),
        ("Zero Bytes were transmitted or received", "scontrol ping"),
        ("Unable to process configuration file", "SLURM_CONF"),
        ("Invalid job id specified", "harness status"),
        ("Unspecified error", "man sbatch"),
    ],
)
def test_what_slurm_says_tells_what_to_change(said, change):
    assert change in refusal(["sbatch", "job.sh"], said).fix
