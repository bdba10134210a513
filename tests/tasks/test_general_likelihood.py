"""Tasks that weigh given choices: the likeliest choice counts, and per character under acc_norm."""

import pytest

from harness.evaluation.scoring import score
from harness.records import Protocol
from tests.tasks import conftest

PLAIN = Protocol(id="plain", endpoint="completions", max_tokens=9, num_fewshot=0)
ROWS = {
    "arc_challenge": {
        "id": "x1",
        "question": "What melts?",
        "choices": {"text": ["ice", "a warm wind"], "label": ["A", "B"]},
        "answerKey": "A",
    },
    "arc_easy": {
        "id": "x2",
        "question": "What melts?",
        "choices": {"text": ["ice", "a warm wind"], "label": ["1", "2"]},
        "answerKey": "1",
    },
    "hellaswag": {
        "activity_label": "Skating",
        "ctx_a": "A man steps onto the ice.",
        "ctx_b": "he",
        "endings": ["falls.", "[header] sings a very long song."],
        "label": "0",
    },
    "piqa": {"goal": "Melt ice", "sol1": "warm it", "sol2": "put it into the freezer", "label": 0},
    "winogrande": {
        "sentence": "The ice met the sun and _ melted.",
        "option1": "the ice",
        "option2": "the sun itself",
        "answer": "1",
    },
    "boolq": {"passage": "Ice melts.", "question": "does ice melt", "idx": 0, "label": 1},
    "mmlu_cloze": {
        "question": "What melts?",
        "A": "ice",
        "B": "a warm wind",
        "C": "x",
        "D": "y",
        "answer": "A",
        "part": "optics_test",
    },
    "belebele_ko": {
        "flores_passage": "얼음은 햇볕에 녹는다.",
        "question": "무엇이 녹는가?",
        "mc_answer1": "얼음",
        "mc_answer2": "바람",
        "mc_answer3": "해",
        "mc_answer4": "돌",
        "correct_answer_num": "1",
    },
    "paws_x_ko": {"id": 1, "sentence1": "얼음이 녹는다.", "sentence2": "녹는 것은 얼음이다.", "label": 1},
    "truthfulqa": {
        "question": "What melts?",
        "mc1_targets": {"choices": ["ice", "wind"], "labels": [1, 0]},
        "mc2_targets": {"choices": ["ice", "wind"], "labels": [1, 0]},
    },
}
RIGHT = {"boolq": 1, "paws_x_ko": 1}


@pytest.mark.parametrize("benchmark", ROWS)
def test_the_likeliest_choice_counts(task_on, benchmark):
    loaded = task_on(benchmark, [ROWS[benchmark]], protocol=PLAIN)
    task, instances, right = loaded.task, loaded.task.instances, RIGHT.get(benchmark, 0)
    metric = "acc"

    def scores(*values):
        rest = [-90.0] * (len(instances) - len(values))
        return score(task, instances, [(value, False) for value in (*values, *rest)]).scores

    likely = [-9.0, -9.0]
    likely[right] = -1.0
    assert scores(*likely)[metric] == pytest.approx(1, abs=1e-3)
    assert scores(*likely[::-1])[metric] == pytest.approx(0, abs=1e-3)
    assert conftest.BENCHMARKS[benchmark].score.metric in ("acc", "acc_norm", "accuracy,strict")
    if len({len(instance.args[1]) for instance in instances[:2]}) > 1 and "acc_norm" in scores(*likely):
        # The longer choice is less likely as a whole, and more likely per character.
        both = scores(-9.0, -10.0)
        assert (both["acc"], both["acc_norm"]) == (1, 0)


def test_winogrande_weighs_one_ending_behind_each_choice(task_on):
    loaded = task_on("winogrande", [ROWS["winogrande"]], protocol=PLAIN)
    contexts = [instance.args for instance in loaded.task.instances]
    assert contexts == [
        ("The ice met the sun and the ice", " melted."),
        ("The ice met the sun and the sun itself", " melted."),
    ]


def test_hellaswag_drops_the_marks_of_its_source(task_on):
    loaded = task_on("hellaswag", [ROWS["hellaswag"]], protocol=PLAIN)
    assert loaded.task.instances[0].args == ("Skating: A man steps onto the ice. He", " falls.")
    assert "[" not in loaded.task.instances[1].args[1]


@pytest.mark.parametrize("benchmark", ["arc_easy", "hellaswag", "piqa", "winogrande", "boolq"])
def test_a_worked_example_ends_on_its_right_choice(task_on, benchmark):
    row = ROWS[benchmark]
    one = PLAIN.model_copy(update={"num_fewshot": 1})
    plain = task_on(benchmark, [row], protocol=PLAIN).task.instances
    shown = task_on(benchmark, [row], [row], protocol=one).task.instances
    context, choice = plain[RIGHT.get(benchmark, 0)].args
    for before, after in zip(plain, shown, strict=True):
        assert after.args == (f"{context}{choice}\n\n{before.args[0]}", before.args[1])
