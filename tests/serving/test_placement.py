import pytest

from harness.config.settings import load_settings
from harness.errors import UsageError
from harness.serving.placement import placements

SETTINGS = load_settings()


def placed(count, cores=range(8), gpus=(), device="cpu", args=None, env=None, hosts=(), nodes=1):
    changes = {"replicas": count, "device": device, "args": args or {}, "env": env or {}, "nodes": nodes}
    serving = SETTINGS.serving.model_copy(update=changes)
    return placements(SETTINGS.model, serving, list(cores), list(gpus), list(hosts))


def test_one_server_gets_the_whole_machine():
    (place,) = placed(1)
    assert (place.args, place.env) == ({}, {})


def test_servers_on_the_processor_share_cores_and_memory():
    first, second = placed(2, cores=[0, 1, 4, 5])
    assert first.env == {"VLLM_CPU_OMP_THREADS_BIND": "0,1"}
    assert second.env == {"VLLM_CPU_OMP_THREADS_BIND": "4,5"}
    assert first.args == second.args == {"gpu-memory-utilization": 0.46}
    assert (first.number, second.number) == (0, 1)


def test_ranks_of_one_server_have_cores_of_their_own():
    first, second = placed(2, args={"tensor-parallel-size": 2})
    assert first.env == {"VLLM_CPU_OMP_THREADS_BIND": "0,1|2,3"}
    assert second.env == {"VLLM_CPU_OMP_THREADS_BIND": "4,5|6,7"}


def test_memory_that_was_named_is_left_alone():
    assert placed(2, env={"VLLM_CPU_KVCACHE_SPACE": "1"})[0].args == {}
    assert placed(2, args={"gpu-memory-utilization": 0.3})[0].args == {}


def test_servers_on_gpus_get_as_many_as_their_layout_needs():
    places = placed(
        2, gpus="01234567", device="cuda", args={"tensor-parallel-size": 2, "pipeline-parallel-size": 2}
    )
    assert [place.env for place in places] == [
        {"CUDA_VISIBLE_DEVICES": "0,1,2,3"},
        {"CUDA_VISIBLE_DEVICES": "4,5,6,7"},
    ]
    assert places[0].args == {}


def test_a_machine_that_is_too_small_is_told_how_many_it_holds():
    with pytest.raises(UsageError, match=r"serving\.replicas=2"):
        placed(3, gpus="0123", device="cuda", args={"tensor-parallel-size": 2})
    with pytest.raises(UsageError, match="3 cores"):
        placed(3, cores=[0, 1])


def test_each_server_over_several_nodes_has_its_own():
    split = {"tensor-parallel-size": 8, "pipeline-parallel-size": 2}
    places = placed(2, gpus="01234567", device="cuda", args=split, hosts=["a", "b", "c", "d"], nodes=2)
    assert [(place.number, place.hosts) for place in places] == [(0, ["a", "b"]), (1, ["c", "d"])]
    assert all((place.args, place.env) == ({}, {}) for place in places)


def test_servers_of_one_node_are_spread_over_the_nodes_of_a_job():
    places = placed(2, gpus="01234567", device="cuda", args={"tensor-parallel-size": 8}, hosts=["a", "b"])
    assert [(place.hosts, place.env) for place in places] == [(["a"], {}), (["b"], {})]


def test_servers_that_share_a_node_of_a_job_share_its_gpus():
    places = placed(4, gpus="01234567", device="cuda", args={"tensor-parallel-size": 4}, hosts=["a", "b"])
    assert [place.hosts for place in places] == [["a"], ["a"], ["b"], ["b"]]
    first, second = ({"CUDA_VISIBLE_DEVICES": own} for own in ("0,1,2,3", "4,5,6,7"))
    assert [place.env for place in places] == [first, second, first, second]
    assert [place.number for place in places] == [0, 1, 2, 3]


def test_a_single_server_in_a_job_of_one_node_is_started_without_slurm():
    assert placed(1, hosts=["a"])[0].hosts == []


def test_too_few_nodes_and_an_uneven_split_are_refused():
    with pytest.raises(UsageError, match="salloc --nodes=4"):
        placed(2, hosts=["a", "b", "c"], nodes=2, args={"tensor-parallel-size": 2})
    with pytest.raises(UsageError, match="share evenly"):
        placed(1, hosts=["a", "b"], nodes=2, args={"tensor-parallel-size": 3})
