"""The real engine, driven through lm-eval's own evaluator and through ours."""

import lm_eval.api.registry
import pytest
from lm_eval.api.instance import Instance
from lm_eval.evaluator import evaluate as lm_eval_evaluate

from harness.config.settings import load_benchmarks, project
from harness.errors import HarnessError
from harness.evaluation.bridge import ServedModel
from harness.evaluation.journal import Journal
from harness.evaluation.loglikelihood import loglikelihood_of
from harness.evaluation.requests import RequestPlan, as_messages
from harness.evaluation.run import TaskPlan, evaluate
from harness.evaluation.tasks import load_task
from harness.records import Decoding
from harness.serving.attached import Attached
from harness.serving.endpoints import Endpoints
from harness.store import RunFolder, SampleLog, read_samples

ITEMS = [0, 100, 200]


def request_plan(**changes):
    data = {
        "model": "smollm2_135m",
        "endpoint": "chat",
        "decoding": Decoding(temperature=0.2),
        "max_tokens": 24,
        "stop": [],
        "base_seed": 7,
    }
    return RequestPlan.model_validate(data | changes)


def ifbench(settings):
    return load_task("ifbench_294", load_benchmarks(project().configs)["ifbench_294"], settings.protocol)


def answered(settings, engine, folder, repeats, progress=lambda _: None):
    plan = TaskPlan(ifbench(settings), ITEMS, repeats, request_plan())
    plan.build()
    with SampleLog(folder) as log:
        evaluate([(plan, log)], Attached([engine.url], 8), progress=progress)
    return plan


def test_the_model_class_is_registered_with_lm_eval():
    assert lm_eval.api.registry.get_model("k-ai-claims") is ServedModel


def test_every_item_and_repeat_becomes_one_scored_sample(settings, engine, tmp_path):
    folder = RunFolder(tmp_path / "run")
    plan = answered(settings, engine, folder, 2)
    samples = read_samples(folder.samples)
    assert {s.key for s in samples} == set(plan.keys)
    assert len(samples) == 6
    assert all(s.status in {"scored", "truncated"} and s.text and s.completion_tokens for s in samples)
    assert all(set(s.scores) == {"prompt_level_strict_acc", "prompt_level_loose_acc"} for s in samples)
    assert len({s.seed for s in samples}) == 6


def test_a_finished_run_asks_nothing_and_more_repeats_ask_only_the_new_ones(settings, engine, tmp_path):
    folder = RunFolder(tmp_path / "run")
    answered(settings, engine, folder, 1)
    first = folder.samples.read_bytes()
    asked: list[object] = []
    answered(settings, engine, folder, 1, asked.append)
    assert asked == []
    assert folder.samples.read_bytes() == first
    answered(settings, engine, folder, 2, asked.append)
    assert len(asked) == 3
    assert folder.samples.read_bytes().startswith(first)


def test_lm_evals_own_evaluator_gives_the_scores_that_our_log_holds(settings, engine, tmp_path):
    folder = RunFolder(tmp_path / "run")
    answered(settings, engine, folder, 1)
    loaded = ifbench(settings)
    with SampleLog(folder) as log:
        journal = Journal(loaded, ITEMS, request_plan(), log)
        found = lm_eval_evaluate(
            lm=ServedModel(Attached([engine.url], 8), {loaded.name: journal}),
            task_dict={"tasks": {loaded.name: loaded.task}},
            samples={loaded.name: ITEMS},
            apply_chat_template=True,
            fewshot_as_multiturn=True,
            bootstrap_iters=0,
        )
    assert found is not None
    ours = read_samples(folder.samples)
    for metric in ("prompt_level_strict_acc", "prompt_level_loose_acc"):
        mean = sum(s.scores[metric] for s in ours) / len(ours)
        assert found["results"][loaded.name][f"{metric},none"] == mean
    theirs = {row["doc_id"]: row["resps"][0][0] for row in found["samples"][loaded.name]}
    assert theirs == {int(s.item.split("/")[1]): s.text for s in ours}


def test_the_seed_of_a_repeat_depends_on_nothing_but_the_base_seed_the_item_and_the_repeat():
    plan = request_plan()
    assert plan.seed("quiz/00001", 2) == plan.seed("quiz/00001", 2)
    assert len({plan.seed(f"quiz/{i:05d}", r) for i in range(100) for r in range(10)}) == 1000
    assert request_plan(base_seed=8).seed("quiz/00001", 2) != plan.seed("quiz/00001", 2)


def test_the_protocol_decides_what_is_sent():
    body = request_plan(stop=["\n\n"]).body('[{"role": "user", "content": "안녕"}]')
    assert body == {
        "model": "smollm2_135m",
        "messages": [{"role": "user", "content": "안녕"}],
        "max_tokens": 24,
        "temperature": 0.2,
        "stop": ["\n\n"],
    }


def test_a_task_that_begins_the_answer_itself_is_refused_for_chat():
    with pytest.raises(HarnessError, match="gen_prefix"):
        as_messages([], add_generation_prompt=False)


def test_a_likely_continuation_is_more_likely_than_an_odd_one(engine):
    from harness.evaluation.client import Client

    async def both():
        async with Client(Endpoints([engine.url], 2)) as client:
            likely = await loglikelihood_of(client, "smollm2_135m", "The capital of France is", " Paris")
            odd = await loglikelihood_of(client, "smollm2_135m", "The capital of France is", " umbrella")
            return likely.loglikelihood, odd.loglikelihood

    import asyncio

    (likely, greedy), (odd, odd_greedy) = asyncio.run(both())
    assert likely > odd
    assert greedy
    assert not odd_greedy


def test_log_likelihood_tasks_need_plain_text(settings, tmp_path):
    with SampleLog(RunFolder(tmp_path)) as log:
        loaded = ifbench(settings)
        weighed = Instance("loglikelihood", {}, ("2 + 2 =", " 4"), 0, metadata=(loaded.name, 0, 1))
        journal = Journal(loaded, ITEMS, request_plan(), log)
        with pytest.raises(HarnessError, match=r"protocol\.endpoint=completions"):
            ServedModel(Attached([], 1), {loaded.name: journal}).loglikelihood([weighed])
