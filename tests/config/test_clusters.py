from itertools import pairwise

import pytest
import yaml

from harness.config.settings import load_clusters, load_settings, project
from harness.errors import UsageError
from harness.facts.memory import GPUS
from harness.records import Cluster, Record

CLUSTERS = load_clusters(project().configs)


@pytest.mark.parametrize("name", sorted(CLUSTERS))
def test_a_cluster_is_the_same_chosen_in_a_command_and_read_as_a_file(name):
    assert load_settings([f"cluster={name}"]).cluster == CLUSTERS[name]


@pytest.mark.parametrize("name", sorted(CLUSTERS))
def test_a_cluster_has_known_gpus_and_a_serving_that_fits_them(name):
    cluster = CLUSTERS[name]
    assert cluster.gpu is None or cluster.gpu in GPUS
    device = load_settings([f"serving={cluster.serving}"]).serving.device
    assert device == ("cpu" if cluster.gpu is None else "cuda")


def test_work_is_done_on_this_machine_unless_a_command_says_otherwise():
    assert load_settings().cluster.launcher == "here"


def test_a_key_of_a_profile_can_be_set_in_a_command():
    settings = load_settings(["cluster=h100x8", "cluster.slurm.account=x", "cluster.slurm.time=2-0"])
    assert (settings.cluster.slurm.account, settings.cluster.slurm.time) == ("x", "2-0")
    with pytest.raises(UsageError, match="did you mean partition"):
        load_settings(["cluster=h100x8", "cluster.slurm.partiton=x"])


def keys(record: type[Record]) -> dict[str, object]:
    """Return a record's keys as a file nests them; a part that may be absent counts as one key."""
    nested = {name: field.annotation for name, field in record.model_fields.items()}
    return {
        name: keys(kind) if isinstance(kind, type) and issubclass(kind, Record) else None
        for name, kind in nested.items()
    }


def test_the_template_shows_every_key_there_is_under_a_comment():
    path = project().configs / "cluster" / "template.yaml"
    shown = yaml.safe_load(path.read_text())

    def same(found: dict, expected: dict) -> None:
        assert list(found) == list(expected)
        for name, below in expected.items():
            if isinstance(below, dict):
                same(found[name], below)

    same(shown, keys(Cluster))
    lines = [line.strip() for line in path.read_text().splitlines()]
    given = [(above, line) for above, line in pairwise(lines) if line and not line.startswith("#")]
    assert [line for above, line in given if not above.startswith("#")] == []
