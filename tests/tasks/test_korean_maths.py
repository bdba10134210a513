"""HRM8K and AIME 2025 in Korean, on small items in the shapes of their origins."""

import pytest

from tests.tasks.conftest import graded, prompt

HRM8K = {
    "question": "반의 반은 몇 분의 몇인가?",
    "answer": "\\frac{1}{4}",
    "original": "Half of a half?",
    "part": "KSM",
}
AIME = {"id": "0", "problem": "What is 6 times 7?", "problem_ko": "6 곱하기 7은?", "answer": "42"}


@pytest.mark.parametrize(
    ("benchmark", "row", "question", "gold"),
    [
        ("hrm8k", HRM8K, "문제: 반의 반은 몇 분의 몇인가?", "\\frac{1}{4}"),
        ("hrm8k", {"question": "둘 더하기 셋은?", "answer": 5.0, "part": "GSM8K"}, "둘 더하기 셋은?", "5"),
        (
            "hrm8k",
            {"question": "고르시오.\n1. 하나\n2. 둘", "answer": "2", "part": "MMMLU"},
            "선택지 (1, 2, 3, 4)",
            "2",
        ),
        ("aime_2025_ko", AIME, "6 곱하기 7은?", "42"),
        ("aime_2025_ko", {"problem": "6 곱하기 7은?", "answer": 42}, "6 곱하기 7은?", "42"),
    ],
    ids=["ksm", "a number read from csv", "choices", "beside the English", "in place of the English"],
)
def test_a_row_becomes_a_problem_that_asks_for_a_box(benchmark, row, question, gold, task_on):
    loaded = task_on(benchmark, [row])
    assert question in prompt(loaded) and "\\boxed{" in prompt(loaded)
    assert loaded.task.instances[0].doc["answer"] == gold
    assert (
        graded(loaded, 0, f"풀이를 쓰면 다음과 같다.\n답은 $\\boxed{{{gold}}}$이다.").scores["accuracy,strict"]
        == 1.0
    )


@pytest.mark.parametrize(
    ("answer", "strict", "lenient"),
    [
        ("나누면 된다. 따라서 $\\boxed{\\frac{1}{4}}$ 입니다.", 1.0, 1.0),
        ("나누면 된다. 따라서 $\\boxed{0.25}$", 1.0, 1.0),
        ("\\boxed{\\dfrac14}", 1.0, 1.0),
        ("처음에는 $\\boxed{2}$라고 보았으나 다시 세면 $\\boxed{1/4}$", 1.0, 1.0),
        ("나누면 된다.\n정답: 1/4", 0.0, 1.0),
        ("$\\boxed{\\frac{1}{2}}$", 0.0, 0.0),
        ("답은 $\\frac{1}{4}$로 보이지만 틀렸다. $\\boxed{4}$", 0.0, 0.0),
        ("1/4에서 시작하여 $\\boxed{\\frac{1}{", 0.0, 0.0),
        ("", 0.0, 0.0),
    ],
    ids=[
        "right",
        "equal",
        "spelt otherwise",
        "two boxes",
        "no box",
        "wrong",
        "right before a wrong box",
        "cut in the box",
        "nothing",
    ],
)
def test_the_last_box_is_compared_as_mathematics(answer, strict, lenient, task_on):
    scores = graded(task_on("hrm8k", [HRM8K]), 0, answer).scores
    assert scores == {"accuracy,strict": strict, "accuracy,lenient": lenient}


def test_parts_may_write_their_answers_as_numbers_or_as_text(task_on):
    rows = [{"question": "둘 더하기 셋은?", "answer": 5.0, "part": "GSM8K"}, HRM8K]
    docs = task_on("hrm8k", rows).task.eval_docs
    assert [doc["answer"] for doc in docs] == ["5", "\\frac{1}{4}"]
