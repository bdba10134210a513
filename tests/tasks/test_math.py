"""Tasks whose answer is mathematics, on hand-made problems in the shape of each origin."""

import pytest

from tests.tasks.conftest import graded, prompt

PROBLEM = "How many edges has a cube?"
ROWS = {
    "aime_2024, file": (
        "aime_2024",
        {"id": "t", "problem": PROBLEM, "expected_answer": "12", "reference_solution": "12"},
    ),
    "aime_2024, hub": ("aime_2024", {"ID": "2024-I-1", "Problem": PROBLEM, "Solution": "12", "Answer": 12}),
    "aime_2025, hub": ("aime_2025", {"problem": PROBLEM, "answer": "012"}),
    "aime_2026": ("aime_2026", {"problem_idx": 1, "answer": 12, "problem": PROBLEM}),
    "hmmt_feb_2025": (
        "hmmt_feb_2025",
        {"problem_idx": 1, "problem": PROBLEM, "answer": "12", "problem_type": ["Geometry"]},
    ),
    "hmmt_nov_2025": (
        "hmmt_nov_2025",
        {"problem_idx": 1, "problem": PROBLEM, "answer": "12", "problem_type": ["Geometry"]},
    ),
    "apex": ("apex", {"problem_idx": 1, "problem": PROBLEM, "answer": "12", "source": "none"}),
    "imo_answerbench": (
        "imo_answerbench",
        {"Problem ID": "x", "Problem": PROBLEM, "Short Answer": "$12$", "Category": "x"},
    ),
    "math500": ("math500", {"problem": PROBLEM, "solution": "12", "answer": "12", "subject": "x", "level": 1}),
}


@pytest.mark.parametrize("origin", ROWS)
def test_every_origin_scores_the_boxed_answer(task_on, origin):
    benchmark, row = ROWS[origin]
    loaded = task_on(benchmark, [row])
    assert PROBLEM in prompt(loaded) and r"\boxed{}" in prompt(loaded)

    def strict_and_lenient(text):
        scores = graded(loaded, 0, text).scores
        return scores["accuracy,strict"], scores["accuracy,lenient"]

    assert strict_and_lenient(r"Four above, four below, four between: $\boxed{12}$.") == (1, 1)
    assert strict_and_lenient(r"It is \boxed{ 12.0 }") == (1, 1)
    assert strict_and_lenient(r"\boxed{\frac{24}{2}}") == (1, 1)
    assert strict_and_lenient("The answer is 12.") == (0, 1)
    assert strict_and_lenient(r"\boxed{8}") == (0, 0)
    assert strict_and_lenient("Four above, four below, so there are 8 and then") == (0, 0)
    assert strict_and_lenient(r"At first \boxed{12}, but corners are asked for: \boxed{8}") == (0, 0)
    assert strict_and_lenient(r"\boxed{}") == (0, 0)


@pytest.mark.parametrize(
    ("answer", "text", "right"),
    [
        (r"\frac{3}{56}", r"\boxed{\dfrac{3}{56}}", 1),
        (r"\frac{3}{56}", r"\boxed{\frac{6}{112}}", 1),
        (r"\left( 3, \frac{\pi}{2} \right)", r"\boxed{(3, \pi/2)}", 1),
        (r"\left( 3, \frac{\pi}{2} \right)", r"\boxed{(\pi/2, 3)}", 0),
        (r"\text{Evelyn}", r"\boxed{Evelyn}", 1),
        (r"90^\circ", r"\boxed{90}", 1),
        ("x=5", r"\boxed{5}", 1),
        ("6 - 5i", r"\boxed{-5i+6}", 1),
        ("1,-2", r"\boxed{-2, 1}", 1),
        ("p - q", r"\boxed{q - p}", 0),
        (r"\sqrt{51}", r"\boxed{7.14}", 0),
    ],
)
def test_answers_are_compared_as_mathematics(task_on, answer, text, right):
    loaded = task_on("math500", [ROWS["math500"][1] | {"answer": answer}])
    assert graded(loaded, 0, text).scores["accuracy,strict"] == right
