"""Korean tasks of lm-eval's own that are answered in words."""

import pytest

from tests.tasks.conftest import graded, prompt

TYDIQA = {
    "id": "korean-1",
    "title": "얼음",
    "context": "얼음은 섭씨 0도에서 녹는다.",
    "question": "얼음은 몇 도에서 녹는가?",
    "answers": {"text": ["섭씨 0도"], "answer_start": [4]},
}
PIQA = {
    "prompt": "얼음을 녹이려면?",
    "solution0": "냉동고에 넣는다.",
    "solution1": "햇볕에 둔다.",
    "solution2": "물감을 칠한다.",
    "solution3": "노래를 부른다.",
    "label": 1,
}


@pytest.mark.parametrize(
    ("answer", "exact", "f1"),
    [
        ("섭씨 0도", 1, 1),
        ("섭씨 0도.", 1, 1),
        ("섭씨", 0, 2 / 3),
        ("화씨 32도", 0, 0),
        ("섭씨 0도 아니면 100도", 0, 2 / 3),
    ],
    ids=["right", "right with a full stop", "truncated", "wrong", "adversarial"],
)
def test_tydiqa_compares_the_words(task_on, answer, exact, f1):
    english = {**TYDIQA, "id": "english-1"}
    loaded = task_on("tydiqa_goldp_ko", [english, TYDIQA], items=1)
    scores = graded(loaded, 0, answer).scores
    assert scores["exact_match"] == exact
    assert scores["f1"] == pytest.approx(f1)


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("The best answer is: B", 1),
        ("햇볕이 좋다. The best answer is: [B]", 1),
        ("The best answer is: A", 0),
        ("The best answer is:", 0),
        ("The best answer is: B? No. The best answer is: C", 0),
    ],
    ids=["right", "right after words", "wrong", "truncated", "adversarial"],
)
def test_global_piqa_takes_the_last_stated_letter(task_on, answer, score):
    loaded = task_on("global_piqa_ko", [PIQA])
    assert "Option D: 노래를 부른다." in prompt(loaded)
    assert graded(loaded, 0, answer).scores == {"exact_match,strict_match": score}
