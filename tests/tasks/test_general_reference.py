"""Our scoring against lm-eval's own evaluator, and our prompts against its own tasks: the same to the digit."""

import json
from pathlib import Path

import lm_eval
import lm_eval.tasks
import pytest
from lm_eval.api.model import LM

from harness.records import Protocol
from tests.tasks import conftest
from tests.tasks.conftest import graded, prompt
from tests.tasks.test_general_bbh import ITEMS
from tests.tasks.test_general_bbh import ROWS as BBH
from tests.tasks.test_instruction import row

OWN = Path(lm_eval.tasks.__file__).parent

IFEVAL = [
    row(1, "punctuation:no_comma", "length_constraints:number_words"),
    row(2, "detectable_format:number_bullet_lists"),
    row(3, "startend:quotation", "keywords:existence", "punctuation:no_comma"),
    row(4, "keywords:existence", "startend:quotation"),
]
IFEVAL_TEXTS = [
    "Ice is cold and clear",
    "* cold\n* clear\n* wet",
    '"Ice, cold"',
    "Sure:\n*Ice* is what you asked about",
]
GSM8K = [
    {"question": f"What is {n} + 1?", "answer": f"It is <<{n}+1={n + 1}>>{n + 1}.\n#### {n + 1:,}"}
    for n in (1, 7, 1233, 41, 17)
]
GSM8K_TEXTS = [
    "1 + 1 = 2. The answer is 2.",
    "7 + 1 = 8. The answer is 9.",
    "It is 1,234 then. The answer is 1,234.",
    "It makes 42 apples",
    "17 + 1 = 18. The answer is 18.",
]


class Replay(LM):
    """Gives the texts on record, in the order of the items."""

    def __init__(self, texts):
        super().__init__()
        self.texts = texts

    def generate_until(self, requests, disable_tqdm=False):
        return [self.texts[request.doc_id] for request in requests]

    def loglikelihood(self, requests, disable_tqdm=False):
        raise AssertionError("these tasks let the model write")

    def loglikelihood_rolling(self, requests, disable_tqdm=False):
        raise AssertionError("these tasks let the model write")


@pytest.mark.parametrize(
    ("benchmark", "own", "split", "rows", "texts"),
    [
        ("ifeval", "ifeval/ifeval.yaml", "train", IFEVAL, IFEVAL_TEXTS),
        ("gsm8k", "gsm8k/gsm8k-cot.yaml", "test", GSM8K, GSM8K_TEXTS),
    ],
)
def test_scores_equal_those_of_lm_evals_own_evaluator(task_on, tmp_path, benchmark, own, split, rows, texts):
    loaded = task_on(benchmark, rows)
    items, config = tmp_path / "own.jsonl", tmp_path / "own.yaml"
    items.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    data = {"dataset_path": "json", "dataset_name": None, "dataset_kwargs": {"data_files": {split: str(items)}}}
    config.write_text(json.dumps({"include": str(OWN / own), **data}), encoding="utf-8")
    found = lm_eval.simple_evaluate(
        model=Replay(texts),
        tasks=[str(config)],
        task_manager=lm_eval.tasks.TaskManager(include_defaults=False),
        bootstrap_iters=0,
    )
    (results,) = found["results"].values()
    ours_of = {
        "exact_match,strict-match": "exact_match,strict",
        "exact_match,flexible-extract": "exact_match,lenient",
    }
    theirs = {
        ours_of.get(name, name).removesuffix(",none"): value
        for name, value in results.items()
        if isinstance(value, float) and "stderr" not in name
    }
    ours: dict[str, list[float]] = {}
    for index, text in enumerate(texts):
        for name, value in graded(loaded, index, text).scores.items():
            ours.setdefault(name, []).extend(value if isinstance(value, list) else [value])
    assert {name: sum(values) / len(values) for name, values in ours.items()} == theirs
    assert len(set(theirs.values())) > 1


@pytest.mark.parametrize(
    ("text", "strict", "lenient"),
    [
        ("The answer is 18", 1, 1),
        ("So: The answer is $18.", 1, 1),
        ("18 apples...", 0, 1),
        ("The answer is", 0, 0),
        ("The answer is 9. Wait. The answer is 18.", 1, 1),
        ("The answer is 18. The answer is 9.", 0, 0),
    ],
    ids=["no full stop", "dollars", "dots", "truncated", "second thoughts", "adversarial"],
)
def test_gsm8k_reads_the_last_answer_whole(task_on, text, strict, lenient):
    loaded = task_on("gsm8k", [{"question": "What is 17 + 1?", "answer": "#### 18"}])
    assert graded(loaded, 0, text).scores == {"exact_match,strict": strict, "exact_match,lenient": lenient}


def test_the_worked_examples_of_gsm8k_are_the_published_ones(task_on):
    plain = Protocol(id="plain", endpoint="completions", max_tokens=9, num_fewshot=5)
    text = str(task_on("gsm8k", GSM8K, protocol=plain).task.instances[0].args[0])
    assert text.count("\n\nQ: ") == 5
    assert text.startswith("Q: There are 15 trees in the grove.")
    assert text.endswith("The answer is 9.\n\nQ: What is 1 + 1?\nA:")


@pytest.mark.parametrize("part", ["navigate", "dyck_languages"])
def test_the_prompts_of_bbh_are_those_of_lm_evals_own_tasks(task_on, monkeypatch, part):
    plain = Protocol(id="plain", endpoint="completions", max_tokens=9)
    ours = task_on("bbh", BBH, protocol=plain)
    own = conftest.BENCHMARKS["bbh"].model_copy(update={"task": f"bbh_cot_fewshot_{part}"})
    monkeypatch.setitem(conftest.BENCHMARKS, "bbh", own)
    theirs = task_on("bbh", BBH, protocol=plain)
    index = list(ITEMS).index(part)
    assert prompt(theirs, index) == prompt(ours, index)
