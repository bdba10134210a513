import re

import pytest
from pydantic import ValidationError

from harness.records import Cluster
from harness.records.cluster import megabytes, minutes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("90", 90),
        ("90:30", 91),
        ("24:00:00", 1440),
        ("0:0:1", 1),
        ("2-0", 2880),
        ("1-12", 2160),
        ("1-12:30", 2190),
        ("1-00:00:59", 1441),
        ("UNLIMITED", None),
        ("infinite", None),
    ],
)
def test_a_time_is_read_as_slurm_reads_it(text, found):
    assert minutes(text) == found


@pytest.mark.parametrize(
    ("text", "found"), [("100G", 102400), ("2T", 2097152), ("512", 512), ("2048K", 2), ("0", 0)]
)
def test_a_size_is_read_as_slurm_reads_it(text, found):
    assert megabytes(text) == found


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"slurm": {"time": 86400}}, "in quotes"),
        ({"slurm": {"time": "a day"}}, "24:00:00"),
        ({"slurm": {"time": "1:2:3:4"}}, "found '1:2:3:4'"),
        ({"slurm": {"memory": "100 GB"}}, "100G or 2T"),
        ({"slurm": {"time": "10", "drain_minutes": 10}}, "below the time limit of 10 minutes"),
        ({"slurm": {"memory": "1G", "memory_per_gpu": "1G"}}, "`memory` or `memory_per_gpu`"),
        ({"slurm": {"cpus_per_node": 1, "cpus_per_gpu": 1}}, "`cpus_per_node` or `cpus_per_gpu`"),
        ({"slurm": {"partition": "main\n#SBATCH --qos=x"}}, "partition"),
        ({"slurm": {"options": ["mail-type=FAIL"]}}, "--mail-type=FAIL"),
        ({"gpu": "h100_80gb"}, "`gpu` and `gpus_per_node`"),
        ({"gpus_per_node": 8}, "`gpu` and `gpus_per_node`"),
        ({"slurm": {"cpus_per_gpu": 8}}, "where there are no GPUs"),
        ({"paths": {"weights": "models"}}, "weights"),
        ({"environment": {"variables": {"A-B": "1"}}}, "A-B"),
        ({"environment": {"container": {"kind": "docker", "image": "x"}}}, "kind"),
    ],
)
def test_a_profile_that_no_job_could_be_made_from_is_refused(fields, words):
    with pytest.raises(ValidationError, match=re.escape(words)):
        Cluster.model_validate({"id": "x", **fields})


def test_names_that_look_like_numbers_are_names():
    found = Cluster.model_validate({"id": "x", "slurm": {"account": 4711}, "environment": {"variables": {"A": 1}}})
    assert (found.slurm.account, found.environment.variables) == ("4711", {"A": "1"})
