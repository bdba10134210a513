import h5py
import numpy as np
import pytest
import scipy.sparse

from harness.errors import HarnessError
from tests.tasks.conftest import graded, prompt


def step(number, name, tests, code=None, **more):
    return {
        "step_number": number,
        "step_description_prompt": f"Write {name}.",
        "step_background": "Background: none.",
        "function_header": f"def {name}(x):\n    '''Of x.'''",
        "test_cases": tests,
        "return_line": "    return y",
        **({"ground_truth_code": code} if code else {}),
        **more,
    }


TWICE_TESTS = ["assert np.allclose(twice(2), target)", "assert np.allclose(twice(np.ones(2)), target)"]
PAIR_TESTS = [
    "from scicode.compare.cmp import cmp_tuple_or_list\nassert cmp_tuple_or_list(pair(2.0), target)",
    "assert pair.__name__ == target",
]
TWICE = "def twice(x):\n    return 2 * x"
PAIR = "def pair(x):\n    return twice(x), {'a': x}, sparse.csr_matrix(np.eye(2) * x)"
PROBLEM = {
    "problem_name": "pairs",
    "problem_id": "9",
    "problem_description_main": "Make pairs.",
    "problem_background_main": "",
    "problem_io": "",
    "required_dependencies": "import numpy as np\nfrom scipy import sparse\nfrom scipy.integrate import simps\n",
    "sub_steps": [step("9.1", "twice", TWICE_TESTS, TWICE), step("9.2", "pair", PAIR_TESTS, PAIR)],
    "general_tests": [],
}


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """The file of expected values, in the layout of the real one."""
    monkeypatch.setenv("HARNESS_DATA", str(tmp_path))
    (tmp_path / "scicode").mkdir()
    with h5py.File(tmp_path / "scicode" / "test_data.h5", "w") as file:
        file["9.1/test1/var1"] = 4
        file["9.1/test2/var1"] = np.array([2.0, 2.0])
        file["9.2/test1/var1"] = 4.0
        file["9.2/test1/var2/a"] = 2.0
        matrix = scipy.sparse.csr_matrix(np.eye(2) * 2)
        for part in ("data", "indices", "indptr", "shape"):
            file[f"9.2/test1/var3/sparse_matrix/{part}"] = getattr(matrix, part)
        file["9.2/test2/var1"] = "pair"
    return tmp_path


def block(*code):
    return "```python\n" + "\n\n".join(code) + "\n```"


def test_a_step_is_asked_with_the_reference_code_of_the_earlier_ones(task_on):
    task = task_on("scicode_steps", [PROBLEM], items=2)
    assert TWICE not in prompt(task, 0)
    assert TWICE in prompt(task, 1)
    assert PAIR not in prompt(task, 1)
    assert "Background: none." in prompt(task, 0)


@pytest.mark.parametrize(
    ("index", "answer", "passed"),
    [
        (0, block(TWICE), 1.0),
        (1, block(PAIR), 1.0),
        (1, block(PAIR.replace("twice(x)", "2 * x")), 1.0),
        (0, block("def twice(x):\n    return x + 2"), 0.0),
        (1, block(PAIR.replace("'a'", "'b'")), 0.0),
        (1, block(PAIR.replace("np.eye(2) * x", "np.eye(2)")), 0.0),
        (0, block(TWICE)[: -len("* x\n```")], 0.0),
        (0, block(TWICE.replace("2 * x", "3 * x"), "raise SystemExit(0)"), 0.0),
        (0, block("def twice(x):\n    return 3 * x", "np.allclose = lambda *_: True\nexit()"), 0.0),
    ],
    ids=["right", "right second", "without the earlier one", "wrong", "wrong key", "wrong matrix", "truncated",
         "exits", "replaces the comparison and exits"],
)  # fmt: skip
def test_a_step_has_to_pass_its_tests(task_on, index, answer, passed):
    assert graded(task_on("scicode_steps", [PROBLEM], items=2), index, answer).scores == {"pass@1": passed}


@pytest.mark.parametrize(
    ("answer", "steps"),
    [
        (block(TWICE, PAIR), [1.0, 1.0]),
        (block(TWICE), [1.0, 0.0]),
        (block(TWICE.replace("2", "3"), PAIR), [0.0, 0.0]),
        (block(TWICE, PAIR)[:-9], [0.0, 0.0]),
        (f"A sketch:\n{block(TWICE)}\nThe whole:\n{block(TWICE, PAIR)}", [1.0, 1.0]),
    ],
    ids=["right", "one step only", "a wrong step others need", "truncated", "the last function decides"],
)
def test_a_problem_in_one_answer_is_graded_step_by_step(task_on, answer, steps):
    scores = graded(task_on("scicode_one_answer", [PROBLEM]), 0, answer).scores
    assert scores == {"steps": steps, "problems": float(all(steps))}


def test_a_step_that_the_makers_give_is_shown_and_not_graded(task_on):
    given = step("76.3", "generate_dna", [])
    problem = PROBLEM | {"sub_steps": [given, PROBLEM["sub_steps"][0]]}
    task = task_on("scicode_one_answer", [problem])
    assert "random.choices" in prompt(task)
    assert graded(task, 0, block(TWICE)).scores == {"steps": [1.0], "problems": 1.0}


def test_without_the_expected_values_the_error_says_where_they_belong(task_on, data):
    (data / "scicode" / "test_data.h5").unlink()
    with pytest.raises(HarnessError, match=r"\$HARNESS_DATA/scicode/test_data\.h5"):
        graded(task_on("scicode_steps", [PROBLEM], items=2), 0, block(TWICE))
