"""Real logs of lm-eval: its own evaluator, its own tasks, a model that recites."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import datasets
import pytest
from lm_eval.api.model import LM
from lm_eval.evaluator import evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml

SUMS = [{"question": f"What is {i} and {i}?", "answer": f"Together.\n#### {2 * i}"} for i in range(20, 26)]
ENDINGS = [
    {
        "ctx_a": "A man",
        "ctx_b": "he",
        "activity_label": "Running",
        "endings": ["runs fast.", "sits.", "eats a boat.", "flies [x] up."],
        "label": str(i % 4),
        "ind": i,
        "source_id": "s",
        "split": "val",
        "split_type": "indomain",
    }
    for i in range(5)
]
TEXTS = ["So it is 40.\n#### 40", "#### 7, so 42", "", "I think\n#### 44\n\nor 46."]


class Reciter(LM):
    """Says the same few texts over and over; weighs an ending by its length."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: Iterator[str] = cycle(TEXTS)

    def generate_until(self, requests, disable_tqdm=False):
        return [next(self._texts) for _ in requests]

    def loglikelihood(self, requests, disable_tqdm=False):
        return [(-len(r.args[1]) / 3, len(r.args[1]) % 2 == 0) for r in requests]

    def loglikelihood_rolling(self, requests, disable_tqdm=False):
        raise AssertionError("no task of these logs asks for it")


@pytest.fixture(scope="session")
def lm_eval_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return lm-eval's output folder: GSM8K (two filters), the same three times each, HellaSwag; its summary."""
    manager = TaskManager()

    def task(name, rows, **changes):
        config = load_yaml(manager.task_index[name].yaml_path, resolve_func=True)
        data = {"test": datasets.Dataset.from_list(rows)}
        changes |= {"dataset_path": None, "dataset_name": None, "dataset_kwargs": None, "num_fewshot": 0}
        changes |= {"training_split": None, "validation_split": None, "test_split": "test", "fewshot_split": None}
        (found,) = manager.load([{**config, "custom_dataset": lambda **_: data, **changes}])["tasks"].values()
        return found

    tasks = {"gsm8k": task("gsm8k", SUMS), "hellaswag": task("hellaswag", ENDINGS)}
    again = {"gsm8k": task("gsm8k", SUMS, repeats=3)}
    root = tmp_path_factory.mktemp("lm_eval")
    for name, chosen in (("once", tasks), ("thrice", again)):
        found = evaluate(lm=Reciter(), task_dict={"tasks": chosen}, log_samples=True, bootstrap_iters=0)
        tracker = EvaluationTracker(output_path=str(root / name))
        tracker.general_config_tracker.model_name_sanitized = "maker__reciter"
        tracker.date_id = "2026-01-02T03-04-05.678901"
        for task_name, samples in found["samples"].items():
            tracker.save_results_samples(task_name, samples)
    tracker = EvaluationTracker(output_path=str(root / "summary"))
    tracker.general_config_tracker.model_name = "maker/reciter"
    tracker.general_config_tracker.model_name_sanitized = "maker__reciter"
    tracker.save_results_aggregated(found)
    return root
