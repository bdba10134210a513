"""What `harness items` reads from the tasks that weigh given choices, whatever form lm-eval has for them."""

import pytest

from harness.evaluation.validity import items_of, validate
from tests.tasks.test_general_likelihood import PLAIN, RIGHT, ROWS

CHOICES = sorted(set(ROWS) - {"mmlu"})


@pytest.mark.parametrize("benchmark", CHOICES)
def test_choices_and_the_right_one_are_read_from_a_task_that_weighs_them(task_on, benchmark):
    [item] = items_of(task_on(benchmark, [ROWS[benchmark]], protocol=PLAIN))
    assert item.id.endswith("/00000")
    assert len(item.options) >= 2
    assert item.gold == RIGHT.get(benchmark, 0)
    assert item.text.strip()


def test_a_sentence_with_a_gap_is_told_from_another_by_its_choices(task_on):
    row = ROWS["winogrande"]
    other = {**row, "option2": "the moon"}
    found = validate(items_of(task_on("winogrande", [row, other, row], protocol=PLAIN)))
    assert [len(group) for group in found.duplicates] == [2]
    assert found.gold_missing == []
