from pathlib import Path

from tests.tasks.conftest import BENCHMARKS

TESTS = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))


def test_every_task_is_tried_on_items_of_the_shape_of_one_of_its_benchmarks():
    tasks = {benchmark.task for benchmark in BENCHMARKS.values()} - {None}
    tried = {benchmark.task for name, benchmark in BENCHMARKS.items() if f'"{name}"' in TESTS}
    assert tasks - tried - {task for task in tasks if f'"{task}"' in TESTS} == set()
