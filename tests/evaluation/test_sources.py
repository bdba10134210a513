from pathlib import Path

from harness.evaluation import programs
from harness.evaluation.extraction import choices, maths
from harness.evaluation.sources import reached


def names(module):
    return {path.name for path in reached([Path(module.__file__)])}


def test_what_an_extractor_leans_on_may_change_its_scores():
    assert {"choices.py", "markers.py", "text.py", "__init__.py"} <= names(choices)
    assert {"maths.py", "verifier.py"} <= names(maths)


def test_programs_are_scored_by_the_sandbox_too():
    assert {"programs.py", "sandbox.py", "sandbox_init.py"} <= names(programs)


def test_every_score_goes_through_grading_and_the_reading_of_traces():
    assert {"grading.py", "scoring.py", "thinking.py"} <= names(choices)


def test_an_extractor_of_mathematics_is_no_matter_of_multiple_choice():
    assert not {"maths.py", "verifier.py", "sandbox.py"} & names(choices)


def test_a_file_of_a_task_reaches_what_it_imports(tmp_path):
    (tmp_path / "items.py").write_text("from harness.evaluation.extraction.text import plain\n")
    assert {"items.py", "text.py"} <= {path.name for path in reached([tmp_path / "items.py"])}
