from pathlib import Path

import pytest

from harness.evaluation.lm_tasks import config_of
from tests.tasks.conftest import BENCHMARKS

TESTS = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))


def test_every_task_is_tried_on_items_of_the_shape_of_one_of_its_benchmarks():
    tasks = {benchmark.task for benchmark in BENCHMARKS.values()} - {None}
    tried = {benchmark.task for name, benchmark in BENCHMARKS.items() if f'"{name}"' in TESTS}
    assert tasks - tried - {task for task in tasks if f'"{task}"' in TESTS} == set()


def reported(config):
    """Names of the metrics that a task reports, as lm-eval names them."""
    metrics = config.get("metric_list") or [{"metric": "acc"}, {"metric": "acc_norm"}]
    plain = [str(entry["metric"]) for entry in metrics]
    filters = [entry["name"] for entry in config.get("filter_list") or [{"name": "none"}]]
    return {metric if name == "none" else f"{metric},{name}" for metric in plain for name in filters}


@pytest.mark.parametrize("name", sorted(name for name, benchmark in BENCHMARKS.items() if benchmark.task))
def test_every_metric_of_a_record_is_one_that_its_task_reports(name):
    benchmark = BENCHMARKS[name]
    wanted = {benchmark.score.metric, benchmark.score.lenient, *benchmark.metrics.values()} - {None}
    assert wanted <= reported(config_of(benchmark.task))
