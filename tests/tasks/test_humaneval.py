import pytest

from harness.config.settings import load_benchmarks, project
from harness.evaluation.scoring import score
from harness.evaluation.tasks import load_task
from tests.tasks.conftest import PROTOCOL, graded, prompt

HALF = {
    "task_id": "HumanEval/0",
    "prompt": 'import math\n\ndef half(x):\n    """Half of x."""\n',
    "entry_point": "half",
    "canonical_solution": "    return x / 2\n",
    "test": "def check(candidate):\n    assert candidate(3) == 1.5\n    assert math.isclose(candidate(1), 0.5)\n",
}
RIGHT = "```python\ndef half(x):\n    return x / 2\n```"


@pytest.fixture(params=["humaneval", "humaneval_plus"])
def task(task_on, request):
    return task_on(request.param, [HALF])


def test_the_prompt_shows_the_function_and_asks_for_one_block(task):
    assert prompt(task).endswith('```python\nimport math\n\ndef half(x):\n    """Half of x."""\n```')
    assert "one ```python code block" in prompt(task)


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        (RIGHT, 1.0),
        ("Sure:\n```\ndef other(): pass\n```\nand\n" + RIGHT, 1.0),
        ("```bash\npip install x\n```\n" + RIGHT.replace("python", "Python3"), 1.0),
        ("def half(x):\n    return x / 2", 1.0),
        ("```python\ndef half(x):\n    return x / 2", 1.0),
        ("```python\nfrom __future__ import annotations\ndef half(x: float | None):\n    return x / 2\n```", 1.0),
        ("```python\ndef half(x):\n    return x\n```", 0.0),
        ("```python\ndef half(x):\n    return x /", 0.0),
        ("I would divide it by two.", 0.0),
        ("```python\nimport sys\ndef half(x):\n    sys.exit(0)\n```", 0.0),
        ("```python\nimport os\ndef half(x):\n    return x\nos._exit(0)\n```", 0.0),
        ("```python\ndef half(x):\n    return x\ndef check(candidate): pass\n```", 0.0),
        ("```python\nimport math\nmath.isclose = lambda *_: True\ndef half(x):\n    return x\n```", 0.0),
        ("```python\ndef half(x):\n    return x / 2\nif __name__ == '__main__':\n    input()\n```", 1.0),
        ("```python\nprint('x' * 100_000)\ndef half(x):\n    print(x)\n    return x / 2\n```", 1.0),
    ],
    ids=[
        "right",
        "second block",
        "another language first",
        "bare",
        "unclosed",
        "future import",
        "wrong",
        "truncated",
        "prose",
        "exits in the function",
        "exits before the tests",
        "own check",
        "replaces what the tests use",
        "main block",
        "prints much",
    ],
)
def test_an_answer_scores_what_its_program_does(task_on, answer, passed):
    assert graded(task_on("humaneval", [HALF]), 0, answer).scores == {"pass@1": passed}


def test_the_added_tests_decide(task_on):
    harder = HALF | {
        "test": "import numpy as np\n" + HALF["test"] + "    assert candidate(np.array([4]))[0] == 2\n"
    }
    task = task_on("humaneval_plus", [harder])
    assert graded(task, 0, RIGHT).scores == {"pass@1": 1.0}
    assert graded(task, 0, RIGHT.replace("x / 2", "float(x) / 2 if x < 4 else x")).scores == {"pass@1": 0.0}


def test_all_reference_solutions_of_humaneval_pass():
    loaded = load_task("humaneval_chat", load_benchmarks(project().configs)["humaneval"], PROTOCOL)
    loaded.task.build_all_requests()
    instances = loaded.task.instances
    assert len(instances) == 164
    failed = [
        i.doc["task_id"]
        for i in instances
        if score(loaded.task, [i], [f"```python\n{i.doc['prompt']}{i.doc['canonical_solution']}\n```"]).scores
        != {"pass@1": 1.0}
    ]
    assert failed == []
