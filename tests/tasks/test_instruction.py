"""IFEval and the 300-item IFBench, on hand-made prompts."""

import pytest

from tests.tasks.conftest import graded, prompt

RULES = {
    "punctuation:no_comma": {},
    "length_constraints:number_words": {"relation": "at least", "num_words": 4},
    "detectable_format:number_bullet_lists": {"num_bullets": 2},
    "startend:quotation": {},
    "change_case:english_lowercase": {},
    "keywords:existence": {"keywords": ["ice"]},
    "keywords:letter_frequency": {"letter": "#", "let_relation": "at least", "let_frequency": 4},
}


def row(key, *names):
    return {
        "key": key,
        "prompt": f"Write about ice, prompt {key}.",
        "instruction_id_list": list(names),
        "kwargs": [RULES[name] for name in names],
    }


ROWS = [
    row(1, "punctuation:no_comma", "length_constraints:number_words"),
    row(2, "detectable_format:number_bullet_lists"),
    row(3, "startend:quotation", "keywords:existence", "punctuation:no_comma"),
]


@pytest.mark.parametrize(
    ("index", "text", "strict", "loose", "each"),
    [
        (0, "Ice is cold and clear", 1, 1, [1, 1]),
        (0, "Ice, cold", 0, 0, [0, 0]),
        (0, "Sure, here it is:\nIce is cold and clear", 0, 1, [0, 1]),
        (0, "", 0, 0, [0, 0]),
        (0, "I wrote no comma and at least 4 words", 1, 1, [1, 1]),
        (1, "* cold\n* clear", 1, 1, [1]),
        (1, "* cold\n* cl\n* and", 0, 1, [0]),
        (1, "* cold", 0, 0, [0]),
        (2, '"Ice is cold"', 1, 1, [1, 1, 1]),
        (2, '"Ice is co', 0, 0, [0, 1, 1]),
    ],
    ids=[
        "right",
        "wrong",
        "a remark first",
        "empty",
        "claims it",
        "list",
        "a line too many",
        "cut list",
        "quoted",
        "truncated",
    ],
)
def test_an_answer_scores_by_its_constraints(task_on, index, text, strict, loose, each):
    scores = graded(task_on("ifeval", ROWS), index, text).scores
    assert scores["prompt_level_strict_acc"] == strict
    assert scores["prompt_level_loose_acc"] == loose
    assert scores["inst_level_strict_acc"] == each


def test_the_prompt_is_sent_as_it_is(task_on):
    assert prompt(task_on("ifeval", ROWS), 1) == "Write about ice, prompt 2."


def test_a_guess_of_the_language_is_the_same_every_time(task_on):
    loaded = task_on("ifeval", [row(4, "change_case:english_lowercase")])
    texts = ["ice no si la de", "ok la vie no me", "die ice an so"]
    first, *others = ([graded(loaded, 0, text).scores for text in texts] for _ in range(8))
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    ("text", "kept"), [("#a #b #c #d", 1), ("#a #b #c " + "abcdefghijklmnopqrstuvwxyz" * 4, 0)]
)
def test_a_sign_is_counted_where_a_sign_is_asked_for(task_on, text, kept):
    loaded = task_on("ifeval", [row(5, "keywords:letter_frequency")])
    assert {graded(loaded, 0, text).scores["prompt_level_strict_acc"] for _ in range(20)} == {kept}


IFBENCH = [
    {
        "key": key,
        "prompt": "List words.",
        "instruction_id_list": ["custom:character_reverse"],
        "kwargs": [{"n": None}],
    }
    for key in ("10", "9")
]


def test_the_items_of_ifbench_stand_in_the_order_of_their_keys(task_on):
    loaded = task_on("ifbench", IFBENCH)
    assert [doc["key"] for doc in loaded.task.eval_docs] == ["9", "10"]


KEYWORD = {
    "key": "1",
    "prompt": "Use ice once and sun twice.",
    "instruction_id_list": ["count:conjunctions"],
    "kwargs": [{"small_n": 3, "n": None}],
}


@pytest.mark.parametrize(
    ("text", "strict", "loose"),
    [
        ("Ice and sun or wind but no rain.", 1, 1),
        ("Ice melts.", 0, 0),
        ("Ice and su", 0, 0),
        ("I used and thrice: and and and.", 0, 0),
        ("*Ice and sun or wind but no rain.*", 1, 1),
    ],
    ids=["right", "wrong", "truncated", "adversarial", "marked"],
)
def test_an_answer_to_ifbench_scores_by_its_constraints(task_on, text, strict, loose):
    scores = graded(task_on("ifbench", [KEYWORD]), 0, text).scores
    assert scores == {"prompt_level_strict_acc": strict, "prompt_level_loose_acc": loose}


def test_a_span_from_the_first_word_on_begins_there_every_time(task_on):
    arguments = {"n_start": 0, "n_end": 2, "prompt_to_repeat": "ice melts in the warm sun of an early day"}
    row = {"key": "2", "prompt": "Copy.", "instruction_id_list": ["repeat:repeat_span"], "kwargs": [arguments]}
    loaded = task_on("ifbench", [row])
    assert {graded(loaded, 0, "ice melts").scores["prompt_level_strict_acc"] for _ in range(20)} == {1}
    assert {graded(loaded, 0, "melts in").scores["prompt_level_strict_acc"] for _ in range(20)} == {0}
