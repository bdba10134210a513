import pytest

from harness.config.settings import load_benchmarks, project
from harness.evaluation.scoring import score
from harness.evaluation.tasks import load_task

DOC = {
    "prompt": 'import math\n\ndef half(x):\n    """Half of x."""\n',
    "entry_point": "half",
    "test": "def check(candidate):\n    assert candidate(3) == 1.5\n",
}


@pytest.fixture(scope="module")
def task(settings):
    loaded = load_task("humaneval_chat", load_benchmarks(project().configs)["humaneval"], settings.protocol)
    loaded.task.build_all_requests(limit=1)
    return loaded.task


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        ("```python\ndef half(x):\n    return x / 2\n```", 1.0),
        ("Sure:\n```\ndef other(): pass\n```\nand\n```python\ndef half(x):\n    return x / 2\n```", 1.0),
        ("def half(x):\n    return x / 2", 1.0),
        ("```python\ndef half(x):\n    return x / 2", 1.0),
        ("```python\ndef half(x):\n    return x\n```", 0.0),
        ("```python\ndef half(x):\n    return x /", 0.0),
        ("I would divide it by two.", 0.0),
        ("```python\nimport sys\ndef half(x):\n    sys.exit(0)\n```", 0.0),
        ("```python\nimport os\ndef half(x):\n    return x\nos._exit(0)\n```", 0.0),
        ("```python\ndef half(x):\n    return x / 2\nif __name__ == '__main__':\n    input()\n```", 1.0),
    ],
    ids=[
        "right",
        "second block",
        "bare",
        "unclosed",
        "wrong",
        "truncated",
        "prose",
        "exits in the function",
        "exits before the tests",
        "main block",
    ],
)
def test_an_answer_scores_what_its_program_does(task, answer, passed):
    (instance,) = task.instances
    instance.doc = DOC
    assert score(task, [instance], [answer]).scores == {"pass@1": passed}
