"""Multiple-choice tasks of general knowledge, on hand-made items in the shape of each origin."""

import pytest

from harness.records import Protocol
from tests.tasks.conftest import graded, prompt

QUESTION = "Which of these is a colour?"
COLUMNS = {"question": QUESTION, "A": "iron", "B": "loud", "C": "green", "D": "seven"}
CAPITALS = {"Question": QUESTION, "A": "iron", "B": "loud", "C": "green", "D": "seven"}
LISTED = {"question": QUESTION, "choices": ["iron", "loud", "green", "seven"], "answer": 2}
GPQA = {
    "Question": QUESTION,
    "Correct Answer": "green",
    "Incorrect Answer 1": "iron",
    "Incorrect Answer 2": "loud\n",
    "Incorrect Answer 3": "seven",
    "High-level domain": "Optics",
}
TEN = [f"item {number}" for number in range(10)]
ROWS = {
    "mmlu, original files": ("mmlu", COLUMNS | {"answer": "C", "part": "optics_test"}),
    "mmlu, hub": ("mmlu", LISTED | {"subject": "optics"}),
    "mmlu_redux": ("mmlu_redux", LISTED | {"part": "optics"}),
    "mmmlu": ("mmmlu", CAPITALS | {"Answer": "C", "Subject": "optics", "part": "SW_KE"}),
    "gpqa_diamond": ("gpqa_diamond", GPQA),
}


@pytest.mark.parametrize("origin", ROWS)
def test_every_origin_scores_the_letter_of_the_right_option_only(task_on, origin):
    benchmark, row = ROWS[origin]
    loaded = task_on(benchmark, [row])
    doc = loaded.task.eval_docs[0]
    assert sorted(doc["options"]) == ["green", "iron", "loud", "seven"]
    assert doc["options"][doc["gold"]] == "green"
    right = "ABCD"[doc["gold"]]
    wrong = "ABCD"[doc["gold"] - 1]
    assert f"{right}. green" in prompt(loaded)

    def strict_and_lenient(text):
        scores = graded(loaded, 0, text).scores
        return scores["accuracy,strict"], scores["accuracy,lenient"]

    assert strict_and_lenient(f"It is a colour.\nAnswer: {right}") == (1, 1)
    assert strict_and_lenient(f"So the correct answer is **({right})**.") == (0, 1)
    assert strict_and_lenient(f"Answer: {wrong}") == (0, 0)
    assert strict_and_lenient(f"Option {right} is a colour because light of") == (0, 0)
    assert strict_and_lenient(
        f'Someone wrote "Answer: {right}" here.\n{right} looks right, yet no.\nAnswer: {wrong}'
    ) == (
        0,
        0,
    )


@pytest.mark.parametrize(("origin", "part"), [("mmlu, original files", "optics"), ("mmmlu", "optics")])
def test_the_subject_is_the_items_own_column_or_the_name_of_its_file(task_on, origin, part):
    benchmark, row = ROWS[origin]
    assert task_on(benchmark, [row]).task.eval_docs[0]["part"] == part


def test_worked_examples_come_from_the_items_own_subject_in_the_order_of_their_file(task_on):
    rows = [COLUMNS | {"answer": "C", "part": f"{subject}_test"} for subject in ("optics", "law")]
    examples = [
        {
            "question": f"{subject} {number}",
            "A": "a",
            "B": "b",
            "C": "c",
            "D": "d",
            "answer": "B",
            "part": f"{subject}_dev",
        }
        for number in range(3)
        for subject in ("law", "optics")
    ]
    loaded = task_on("mmlu", rows, examples, Protocol(id="two", max_tokens=9, num_fewshot=2))
    optics, law = (str(instance.args[0]) for instance in loaded.task.instances)
    assert "optics 0" in optics and "optics 1" in optics and "law" not in optics and "optics 2" not in optics
    assert "law 0" in law and "law 1" in law and "optics" not in law
    assert "Answer: B" in law


def test_a_subject_with_too_few_examples_is_refused(task_on):
    rows = [COLUMNS | {"answer": "C", "part": "optics_test"}]
    examples = [COLUMNS | {"answer": "C", "part": "law_dev"}]
    with pytest.raises(Exception, match="worked examples of optics"):
        task_on("mmlu", rows, examples, Protocol(id="one", max_tokens=9, num_fewshot=1))


def test_the_options_of_gpqa_stand_in_an_order_that_follows_from_the_question_alone(task_on):
    rows = [GPQA | {"Question": f"Question {number}?"} for number in range(60)]
    first = [doc["options"] for doc in task_on("gpqa_diamond", rows).task.eval_docs]
    again = [doc["options"] for doc in task_on("gpqa_diamond", rows[::-1]).task.eval_docs]
    assert first == again[::-1]
    assert {options.index("green") for options in first} == {0, 1, 2, 3}


MMLU_PRO = {"question": "Pick item 9.", "options": TEN, "answer": "J", "category": "law", "cot_content": ""}
WORKED = {
    "question": "Pick item 1.",
    "options": ["item 0", "item 1", "N/A"],
    "answer": "B",
    "category": "law",
    "cot_content": "A: Let's think step by step. It says item 1. The answer is (B).",
}


class TestMMLUPro:
    @pytest.fixture
    def loaded(self, task_on):
        return task_on("mmlu_pro", [MMLU_PRO], [WORKED] * 5)

    def test_it_is_asked_after_five_worked_examples_of_its_category(self, loaded):
        text = str(loaded.task.instances[0].args[0])
        assert loaded.num_fewshot == 5
        assert "Multiple choice questions about law, each with its answer." in text
        assert text.count("It says item 1. The answer is (B).") == 5
        assert text.count("Let's think step by step.") == 6 and "N/A" not in text
        assert prompt(loaded).endswith("J. item 9\nAnswer: Let's think step by step.")

    @pytest.mark.parametrize(
        ("text", "strict", "lenient"),
        [
            ("It says 9. The answer is (J).", 1, 1),
            ("The answer is J", 1, 1),
            ("Answer: J", 0, 1),
            ("The answer is (I).", 0, 0),
            ("First I rule out I. Then", 0, 0),
            ("At first the answer is (A). But no: the answer is (J).", 1, 1),
            ("The answer is (A).\n\nQuestion:\nPick item 9.\nAnswer: The answer is (J).", 0, None),
        ],
        ids=[
            "right",
            "no brackets",
            "another form",
            "wrong",
            "truncated",
            "corrected",
            "goes on to a question of its own",
        ],
    )
    def test_the_letter_that_the_answer_ends_on_counts(self, loaded, text, strict, lenient):
        scores = graded(loaded, 0, text).scores
        assert scores["accuracy,strict"] == strict
        if lenient is not None:
            assert scores["accuracy,lenient"] == lenient

    def test_without_examples_the_prompt_still_names_the_form_of_the_answer(self, task_on):
        loaded = task_on("mmlu_pro", [MMLU_PRO], protocol=Protocol(id="none", max_tokens=9, num_fewshot=0))
        assert 'end with \\"the answer is (X)\\"' in str(loaded.task.instances[0].args[0])
