import base64
import json
import pickle
import zlib

import pytest

from tests.tasks.conftest import graded, prompt


def packed(tests):
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


DOUBLE = {
    "question_title": "Double",
    "question_content": "Print twice each number.",
    "platform": "atcoder",
    "question_id": "abc_a",
    "contest_id": "abc",
    "contest_date": "2025-03-01T00:00:00",
    "starter_code": "",
    "difficulty": "easy",
    "public_test_cases": json.dumps([{"input": "1\n2\n", "output": "2\n4\n", "testtype": "stdin"}]),
    "private_test_cases": packed(
        [
            {"input": "5\n", "output": "10", "testtype": "stdin"},
            {"input": "0.5\n", "output": "1.0\n", "testtype": "stdin"},
        ]
    ),
    "metadata": "{}",
}
SWAP = DOUBLE | {
    "question_content": "Return both numbers the other way round.",
    "platform": "leetcode",
    "question_id": "1",
    "starter_code": "class Solution:\n    def swap(self, a: int, b: List[int]) -> List[int]:\n        ",
    "public_test_cases": json.dumps([{"input": "1\n[2]", "output": "[2, 1]", "testtype": "functional"}]),
    "private_test_cases": json.dumps([{"input": "-3\n[0]", "output": "[0, -3]", "testtype": "functional"}]),
    "metadata": json.dumps({"func_name": "swap"}),
}


def block(code):
    return f"```python\n{code}\n```"


READS = "import sys\nfor line in sys.stdin:\n    print({})"
RIGHT = block(READS.format("float(line) * 2 if '.' in line else int(line) * 2"))
RIGHT_SWAP = block(
    "class Solution:\n    def swap(self, a: int, b: List[int]) -> List[int]:\n        return [b[0], a]"
)


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        (RIGHT, 1.0),
        (f"First:\n{block('print(2)')}\nBetter:\n{RIGHT}\nDone.", 1.0),
        (block(READS.format("f'  {float(line) * 2:.3f} '")), 1.0),
        (block("def main():\n    while True: print(float(input()) * 2)\nif __name__ == '__main__':\n"
               "    try: main()\n    except EOFError: exit()"), 1.0),
        (block("print(*[eval(l) * 2 for l in open(0)], sep='\\n')"), 1.0),
        (block(READS.format("int(line) * 2")), 0.0),
        (block("print(2)\nprint(4)"), 0.0),
        (block(READS.format("float(line) * 2, end=' '")), 0.0),
        (f"{RIGHT}\nWrong before, now:\n{block('print(2)')}", 0.0),
        (RIGHT.removesuffix("```"), 0.0),
        (READS.format("float(line) * 2"), 0.0),
        ("", 0.0),
        (block("import os, sys\nos.write(1, b'2\\n4\\n')\nos._exit(0)"), 0.0),
        (block("while True: print('x' * 1000)"), 0.0),
    ],
    ids=["right", "last block", "other spelling of a number", "main block", "file 0", "fails a private test",
         "only the example", "one line", "wrong block last", "truncated", "no block", "empty", "ends itself",
         "endless"],
)  # fmt: skip
def test_a_program_has_to_print_what_every_test_expects(task_on, answer, passed):
    assert graded(task_on("livecodebench_v6", [DOUBLE]), 0, answer).scores == {"pass@1": passed}


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        (RIGHT_SWAP, 1.0),
        (RIGHT_SWAP.replace("[b[0], a]", "(b[0], a)"), 1.0),
        (RIGHT_SWAP.replace("return ", "print([1]); return "), 1.0),
        (block("import numpy\ndef swap(a, b): return [numpy.int64(b[0]), a]"), 1.0),
        (RIGHT_SWAP.replace("b[0], a", "a, b[0]"), 0.0),
        (RIGHT_SWAP.replace("return [b[0], a]", "print([b[0], a])"), 0.0),
        (RIGHT_SWAP.replace("[b[0], a]", "str([b[0], a])"), 0.0),
        (block("class Solution:\n    def exchange(self, a, b): return [b[0], a]"), 0.0),
        (block("class Any:\n    def __eq__(self, other): return True\n"
               "class Solution:\n    def swap(self, a, b): return Any()"), 0.0),
        (block("import builtins, json\nfor name in ('list', 'isinstance', 'type'): setattr(builtins, name, None)\n"
               "def swap(a, b): return [a, b[0]]"), 0.0),
    ],
    ids=["right", "a tuple", "prints too", "a plain function of numpy", "wrong", "prints only", "as text",
         "other name", "equals everything", "breaks the builtins"],
)  # fmt: skip
def test_a_function_has_to_return_what_every_test_expects(task_on, answer, passed):
    assert graded(task_on("livecodebench_v6", [SWAP]), 0, answer).scores == {"pass@1": passed}


def test_the_prompt_says_whether_a_program_or_a_function_is_asked_for(task_on):
    task = task_on("livecodebench_v6", [DOUBLE, SWAP])
    assert "standard input" in prompt(task, 0)
    assert "standard input" not in prompt(task, 1)
    assert SWAP["starter_code"] in prompt(task, 1)


@pytest.mark.parametrize(
    ("benchmark", "dates"), [("livecodebench_v6", [1, 2]), ("livecodebench_v1_v6", [0, 1, 2, 3])]
)
def test_the_window_of_contest_dates_decides_which_problems_are_asked(task_on, benchmark, dates):
    days = ["2025-01-31T23:30:00", "2025-02-01T00:00:00", "2025-05-01T00:00:00", "2025-05-02T00:00:00"]
    rows = [DOUBLE | {"contest_date": day} for day in days]
    asked = task_on(benchmark, rows, items=len(dates)).task.eval_docs
    assert [doc["contest_date"] for doc in asked] == [days[number] for number in dates]


class Evil:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("hidden", [Evil(), [1, Evil()], b"bytes", 3])
def test_private_tests_that_hide_more_than_a_text_are_refused(task_on, hidden):
    bad = base64.b64encode(zlib.compress(pickle.dumps(hidden))).decode()
    task = task_on("livecodebench_v6", [DOUBLE | {"private_test_cases": bad}])
    with pytest.raises((pickle.UnpicklingError, TypeError, ValueError)):
        graded(task, 0, RIGHT)
