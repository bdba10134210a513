import pytest

from tests.tasks.conftest import graded, prompt

FULL = {
    "text": "Write a function to add up the digits of a number.",
    "code": "def add_digits(n):\r\n  return sum(map(int, str(n)))",
    "task_id": 11,
    "test_setup_code": "limit = 9",
    "test_list": [
        "assert add_digits(12) == 3",
        "assert add_digits(0) == 0",
        "assert set([add_digits(90)]) == {limit}",
    ],
    "challenge_test_list": [],
}
SANITIZED = {
    "prompt": "Write a function to find the square root.",
    "code": "import math\ndef root(n):\n  return math.sqrt(n)",
    "test_imports": ["import math"],
    "test_list": ["assert math.isclose(root(4), 2)", "assert math.isclose(root(9), 3)"],
}
PLUS = {
    "task_id": 11,
    "code": FULL["code"],
    "prompt": FULL["text"],
    "source_file": "",
    "test_imports": [],
    "test_list": FULL["test_list"][:2],
    "test": "import numpy as np\ninputs = [[12], [99], [0]]\nresults = [3, 18, 0]\n"
    "for inp, exp in zip(inputs, results):\n    assert np.allclose(add_digits(*inp), exp)\n",
}
RIGHT = "```python\ndef add_digits(n):\n    return sum(map(int, str(n)))\n```"


def test_only_the_test_split_is_asked_and_its_tests_are_shown(task_on):
    rows = [FULL | {"task_id": number} for number in (10, 11, 510, 511)]
    task = task_on("mbpp", rows, items=2)
    assert FULL["text"] in prompt(task)
    assert all(test in prompt(task) for test in FULL["test_list"])


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        (RIGHT, 1.0),
        ("A first try:\n```python\nprint(1)\n```\nThe answer:\n" + RIGHT, 1.0),
        ("```python\ndef add_digits(n):\n    return n\n```", 0.0),
        ("```python\ndef add_digits(n):\n    return sum(map(int, str(", 0.0),
        ("```python\nlimit = 8\ndef add_digits(n):\n    raise SystemExit\n```", 0.0),
        ("```python\nraise SystemExit(0)\n" + RIGHT.removeprefix("```python\n"), 0.0),
        ("assert add_digits(12) == 3", 0.0),
    ],
    ids=["right", "second block", "wrong", "truncated", "exits", "exits first", "a test for an answer"],
)
def test_an_answer_scores_what_its_program_does(task_on, answer, passed):
    assert graded(task_on("mbpp", [FULL]), 0, answer).scores == {"pass@1": passed}


def test_sanitized_items_bring_the_imports_of_their_tests(task_on):
    task = task_on("mbpp_sanitized", [SANITIZED])
    assert SANITIZED["prompt"] in prompt(task)
    assert graded(task, 0, "```python\ndef root(n):\n    return n ** 0.5\n```").scores == {"pass@1": 1.0}
    assert graded(task, 0, "```python\ndef root(n):\n    return n / 2\n```").scores == {"pass@1": 0.0}


def test_the_plus_items_show_one_test_and_run_all(task_on):
    task = task_on("mbpp_plus", [PLUS])
    assert "add_digits(12)" in prompt(task)
    assert "add_digits(0)" not in prompt(task)
    assert graded(task, 0, RIGHT).scores == {"pass@1": 1.0}
    assert graded(task, 0, RIGHT.replace("sum(map(int, str(n)))", "n % 9")).scores == {"pass@1": 0.0}
