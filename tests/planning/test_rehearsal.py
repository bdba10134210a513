"""What a rehearsal keeps of a campaign, what it changes, and what it says that it cannot show."""

from harness.config.settings import load_clusters, load_models, project
from harness.planning.rehearsal import rehearsal_of, small
from harness.records import Campaign, ServerJob
from harness.records.cluster import Container

MODELS = load_models(project().configs)
H100 = load_clusters(project().configs)["h100x8"]


def job(model: str, *more: str, nodes: int = 1) -> ServerJob:
    suite = [f"model={model}", "suite=math", "protocol=house", "serving=gpu", *more]
    return ServerJob(id=model, model=model, suites=[suite], nodes=nodes, gpus_per_node=8, samples=64)


def campaign(*jobs: ServerJob, cluster=H100, command=()) -> Campaign:
    return Campaign(
        id="night",
        created="2026-01-01T00:00:00+00:00",
        code="1",
        command=list(command),
        cluster=cluster,
        jobs=jobs,
    )


def test_jobs_keep_their_shape_and_are_served_on_processors_without_their_split():
    split = ["serving.args.tensor-parallel-size=8", "serving.nodes=1", "items=30", "++serving.concurrency=4"]
    found, untried = rehearsal_of(campaign(job("k_exaone_236b", *split), command=["serving.concurrency=4"]), ())
    (one,) = found.jobs
    assert (found.id, found.rehearsal) == ("night-rehearsal", True)
    assert one.shape == (1, 8)
    assert one.suites == [["model=k_exaone_236b", "suite=math", "protocol=house", "items=30", "serving=cpu"]]
    assert untried == ["serving.concurrency=4"]


def test_a_server_over_several_nodes_is_one_over_two():
    found, _ = rehearsal_of(campaign(job("deepseek_v3_1", "serving.nodes=4", nodes=4)), ())
    assert found.jobs[0].nodes == 4
    assert found.jobs[0].suites[0][-3:] == [
        "serving=cpu",
        "serving.nodes=2",
        "serving.args.tensor-parallel-size=2",
    ]


def test_models_that_cannot_take_part_have_no_job():
    found, _ = rehearsal_of(campaign(job("deepseek_v3_2"), job("k_exaone_236b")), ["deepseek_v3_2"])
    assert [one.id for one in found.jobs] == ["k_exaone_236b"]


def test_what_only_the_real_cluster_has_is_taken_out_and_named():
    asked = H100.slurm.model_copy(
        update={"qos": "high", "constraint": "ib", "exclusive": True, "options": ["--nodelist=a1", "--nice=5"]}
    )
    inside = H100.environment.model_copy(update={"container": Container(kind="pyxis", image="vllm.sqsh")})
    profile = H100.model_copy(update={"slurm": asked, "environment": inside, "interface": "ib0"})
    found, untried = rehearsal_of(campaign(job("k_exaone_236b"), cluster=profile), ())
    slurm = found.cluster.slurm
    assert untried == [
        "slurm.qos",
        "slurm.constraint",
        "slurm.options: --nodelist=a1",
        "environment.container: vllm.sqsh",
        "interface: ib0",
    ]
    assert (slurm.qos, slurm.constraint, slurm.options, slurm.exclusive) == (None, None, ["--nice=5"], True)
    assert found.cluster.environment.container is None
    assert found.cluster.limits.attempts == 1


def test_only_a_model_of_few_parameters_stands_for_itself():
    assert small(MODELS["smollm2_135m"])
    assert not small(MODELS["k_exaone_236b_fp8"])
    assert not small(MODELS["a_x_k2_alm"])  # its sizes are not published
