"""BIG-Bench Hard: 27 kinds of answers in one task, on hand-made items."""

import pytest

from harness.records import Protocol
from tests.tasks.conftest import graded

OPTIONS = "Which is red?\nOptions:\n(A) sky\n(B) rose\n(C) grass"
ITEMS = {
    "snarks": {"input": OPTIONS, "target": "(B)"},
    "navigate": {"input": "Do you return?\nOptions:\n- Yes\n- No", "target": "No"},
    "boolean_expressions": {"input": "not ( True ) is", "target": "False"},
    "formal_fallacies": {"input": "Is it valid?\nOptions:\n- valid \n- invalid", "target": "invalid"},
    "sports_understanding": {"input": 'Is this plausible? "A swam."', "target": "yes"},
    "multistep_arithmetic_two": {"input": "((1 - 25)) =", "target": "-24"},
    "object_counting": {"input": "I have two pears. How many fruits?", "target": "2"},
    "dyck_languages": {"input": "Complete the rest: ( [ {", "target": "} ] )"},
    "word_sorting": {"input": "Sort: List: it&t barn", "target": "barn it&t"},
}
ROWS = [item | {"part": part} for part, item in ITEMS.items()]
FORMS = {
    "snarks": ["Answer: B", "**Answer:** (B) rose", r"\boxed{B}", "The answer is rose.", "(B)"],
    "navigate": ["Answer: no", r"$\boxed{\text{No}}$", "So the answer is: **No**."],
    "boolean_expressions": ["Answer: `False`", "the final answer is false"],
    "formal_fallacies": ["The argument is invalid.", "Answer: Invalid"],
    "sports_understanding": ["Answer: Yes.", "So the answer is Yes"],
    "multistep_arithmetic_two": ["Answer: \u221224", r"\boxed{-24}", "1 - 25 = -24"],
    "object_counting": ["Answer: 2 fruits", "There are 2."],
    "dyck_languages": ["Answer: }])", r"\boxed{\text{} ] )}}", "} ] )"],
    "word_sorting": ["Answer: barn, it&t", "Answer: Barn it&t", "barn it&t"],
}
WRONG = {
    "snarks": "(A)",
    "navigate": "Yes",
    "boolean_expressions": "True",
    "formal_fallacies": "valid",
    "sports_understanding": "no",
    "multistep_arithmetic_two": "24",
    "object_counting": "12",
    "dyck_languages": "} ] ) )",
    "word_sorting": "it&t barn",
}


@pytest.fixture
def loaded(task_on):
    return task_on("bbh", ROWS)


@pytest.fixture
def scores(loaded):
    def both(part, text):
        found = graded(loaded, list(ITEMS).index(part), text).scores
        return found["accuracy,strict"], found["accuracy,lenient"]

    return both


@pytest.mark.parametrize("part", ITEMS)
def test_the_makers_form_scores_strictly_and_usual_forms_leniently(scores, part):
    target, wrong = ITEMS[part]["target"], WRONG[part]
    assert scores(part, f"Step by step. So the answer is {target}.") == (1, 1)
    assert [scores(part, form)[1] for form in FORMS[part]] == [1] * len(FORMS[part])
    assert scores(part, f"Step by step. So the answer is {wrong}.") == (0, 0)
    assert scores(part, "Let us look at it step by step, first of all we") == (0, 0)
    assert scores(part, "") == (0, 0)


@pytest.mark.parametrize("part", ITEMS)
def test_the_last_answer_before_the_next_question_counts(scores, part):
    target, wrong = ITEMS[part]["target"], WRONG[part]
    assert scores(part, f"One may think the answer is {wrong}.\nSo the answer is {target}.") == (1, 1)
    assert scores(part, f"One may think the answer is {target}.\nSo the answer is {wrong}.") == (0, 0)
    assert scores(part, f"So the answer is {wrong}.\n\nQ: another\nA: So the answer is {target}.") == (0, 0)


@pytest.mark.parametrize("piece", ["\\boxed{", "\n", "answer is ", "(A", " "])
def test_a_loop_of_any_length_is_no_answer(scores, piece):
    assert scores("snarks", piece * 300_000)[1] == 0


def test_several_options_are_no_answer(scores):
    assert scores("snarks", "Answer: (A) or (B)")[1] == 0
    assert scores("navigate", "Answer: Yes and No")[1] == 0


def test_an_item_whose_options_were_cut_is_scored_by_its_text(task_on):
    row = {
        "part": "ruin_names",
        "input": "A humorous edit of 'a, b'?\nOptions:\n(A) a\n(B) bee",
        "target": "a, bee",
    }
    assert set(graded(task_on("bbh", [row]), 0, "So the answer is a, bee.").scores.values()) == {1}


def test_an_item_is_asked_with_the_description_and_the_examples_of_its_own_task(loaded):
    texts = [str(instance.args[0]) for instance in loaded.task.instances]
    assert loaded.num_fewshot == 3
    assert "sarcastic" in texts[0] and "Dyck" not in texts[0]
    assert "Dyck" in texts[list(ITEMS).index("dyck_languages")]
    assert all(text.count("Let's think step by step.") == 4 for text in texts)


def test_as_plain_text_it_is_the_prompt_of_lm_evals_own_task(task_on):
    plain = Protocol(id="plain", endpoint="completions", max_tokens=9)
    text = str(task_on("bbh", ROWS, protocol=plain).task.instances[1].args[0])
    assert text.startswith("Given a series of navigation instructions")
    assert text.endswith("\n\nQ: Do you return?\nOptions:\n- Yes\n- No\nA: Let's think step by step.\n")
