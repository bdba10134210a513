import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import HarnessError
from harness.evaluation.extraction import maths
from harness.evaluation.extraction.maths import equal, lenient, strict
from harness.evaluation.maths import process_results

NO = "[invalid]"

ANSWERS = [
    # text, strict, lenient
    ("따라서 답은 \\boxed{12}입니다.", "12", "12"),
    ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}", "\\frac{1}{2}"),
    ("처음에는 \\boxed{3}이라 했지만, \\boxed{4}", "4", "4"),
    ("\\boxed{\\text{(C)}}", "\\text{(C)}", "\\text{(C)}"),
    ("\\fbox{5}", NO, "5"),
    ("\\boxed{\\boxed{7}}", "7", "7"),
    ("정답은 12개입니다.", NO, "12"),
    ("정답: 12", NO, "12"),
    ("답은 1,234원이다.", NO, "1,234"),
    ("The answer is 42.", NO, "42"),
    ("The final answer is $\\frac{3}{4}$.", NO, "\\frac{3}{4}"),
    ("The answer is $18 and the rest is $5.", NO, "18"),
    ("She has 12 apples and eats 5, so 7 are left", NO, "7"),
    ("x = -3", NO, "-3"),
    ("정답은 3.5입니다.", NO, "3.5"),
    ("정답：１２", NO, "12"),
    ("반지름은 2이다. 따라서 넓이는 4π이다.\n답은 4π이다.", NO, "4π"),
    ("모르겠습니다.", NO, NO),
    ("", NO, NO),
    ("답은 12이고, 다시 계산하면 \\boxed{1", NO, NO),
]


@pytest.mark.parametrize(("text", "by_strict", "by_lenient"), ANSWERS)
def test_the_final_answer_is_found(text, by_strict, by_lenient):
    assert next(strict([[text]], [{}])) == [by_strict]
    assert next(lenient([[text]], [{}])) == [by_lenient]


SAME = [
    ("12", "12"),
    ("12", "12개"),
    ("12", "12명입니다"),
    ("12", "\\text{12}"),
    ("12", "12.0"),
    ("1234", "1,234"),
    ("\\frac{1}{2}", "0.5"),
    ("\\frac{1}{2}", "1/2"),
    ("\\dfrac{1}{2}", "\\tfrac{1}{2}"),
    ("\\frac{\\pi}{2}", "pi/2"),
    ("4\\pi", "4π"),
    ("\\sqrt{2}", "√2"),
    ("2\\sqrt{3}", "\\sqrt{12}"),
    ("x^2+2x+1", "(x+1)^2"),
    ("(1,2)", "(1, 2)"),
    ("\\{1,2\\}", "\\{2,1\\}"),
    ("90^\\circ", "90"),
    ("\\text{Evelyn}", "Evelyn"),
    ("x=5", "5"),
    ("18", "$18"),
    ("-7", "−7"),
]
DIFFERENT = [
    ("12", "13"),
    ("12", "12만"),
    ("5", "-5"),
    ("\\frac{1}{2}", "0.33"),
    ("x^2", "x^3"),
    ("(1,2)", "(2,1)"),
    ("12", ""),
    ("12", NO),
    ("[invalid]", NO),
    ("12", "모름"),
    ("\\sqrt{2}", "\\sqrt{3}"),
    ("1", "1" + "0" * 5000),
]


@pytest.mark.parametrize(("gold", "answer"), SAME)
def test_answers_that_are_the_same_are_equal(gold, answer):
    assert equal(gold, answer)
    assert process_results({"answer": gold}, [answer]) == {"accuracy": 1.0}


@pytest.mark.parametrize(("gold", "answer"), DIFFERENT)
def test_answers_that_differ_are_not_equal(gold, answer):
    assert not equal(gold, answer)
    assert process_results({"answer": gold}, [answer]) == {"accuracy": 0.0}


def test_a_comparison_works_in_a_thread_where_signals_cannot_be_set():
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(equal("x(x+1)", "x^2+x")))
    thread.start()
    thread.join()
    assert found == [True]


@pytest.mark.parametrize("hostile", ["9^{9^{9^{9}}}"])
def test_a_hostile_answer_is_unequal_and_the_next_one_is_compared_all_the_same(hostile):
    assert not equal("1", hostile)
    assert equal("x+y", "y+x")


def test_a_process_that_was_ended_from_outside_costs_no_comparison():
    worker = maths._Worker()
    assert worker.same("a+b", "b+a")
    os.kill(worker._process.pid, 9)
    worker._process.wait()
    assert worker.same("a+b", "b+a")
    worker._process.communicate()


def test_a_machine_without_the_comparison_says_so_and_scores_nothing(monkeypatch):
    monkeypatch.setattr(maths.sys, "executable", "/bin/false")
    with pytest.raises(HarnessError, match="make setup"):
        maths._Worker().same("a+b", "b+a")


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_integers_are_equal_when_they_are(one, other):
    assert equal(str(one), f"{one:,}")
    assert equal(str(one), str(other)) == (one == other)


@given(st.text(max_size=300))
def test_any_text_is_read_to_an_end(text):
    for read in (strict, lenient):
        (found,) = next(read([[text]], [{}]))
        assert isinstance(found, str)
        assert found


@pytest.mark.parametrize("text", ["\\boxed{" * 1_500_000, "답은 " * 3_000_000, "1," * 5_000_000, "$" * 10_000_000])
def test_ten_megabytes_are_read_to_an_end(text):
    for read in (strict, lenient):
        assert next(read([[text]], [{}]))
