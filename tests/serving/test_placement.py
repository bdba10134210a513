import pytest

from harness.config.settings import load_settings
from harness.errors import UsageError
from harness.serving.placement import placements

SETTINGS = load_settings()


def placed(count, cores=range(8), gpus=(), device="cpu", args=None, env=None):
    changes = {"replicas": count, "device": device, "args": args or {}, "env": env or {}}
    return placements(SETTINGS.model, SETTINGS.serving.model_copy(update=changes), list(cores), list(gpus))


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
