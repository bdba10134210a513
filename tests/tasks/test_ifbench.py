import pickle

import pytest

from harness.config.settings import load_benchmarks, project
from harness.evaluation.scoring import score
from harness.evaluation.tagger import provide
from harness.evaluation.tasks import load_task

RIGHT = "kaleidoscope nebula nebula whisper whisper whisper " + "labyrinth " * 5 + "paradox " * 7


@pytest.fixture(scope="module")
def first(settings):
    loaded = load_task("ifbench_294", load_benchmarks(project().configs)["ifbench_294"], settings.protocol)
    loaded.task.build_all_requests(limit=1)
    return loaded.task, loaded.task.instances[0]


@pytest.mark.parametrize(
    ("answer", "strict", "loose"),
    [
        (RIGHT, 1.0, 1.0),
        ("Here is my paradox:\n" + RIGHT, 0.0, 1.0),
        (RIGHT[: len(RIGHT) // 2], 0.0, 0.0),
        ("I followed every instruction.", 0.0, 0.0),
        ("Include keyword kaleidoscope once in your response, keyword nebula twice.", 0.0, 0.0),
    ],
    ids=["right", "right without its first line", "truncated", "wrong", "adversarial"],
)
def test_an_answer_scores_by_its_constraints(first, answer, strict, loose):
    task, instance = first
    scores = score(task, [instance], [answer]).scores
    assert scores == {"prompt_level_strict_acc": strict, "prompt_level_loose_acc": loose}


def test_the_items_are_the_pinned_ones(first):
    task, _ = first
    assert len(task.eval_docs) == 294
    assert task.eval_docs[0]["instruction_id_list"] == ["count:keywords_multiple"]


@pytest.fixture(scope="module")
def verb_first(settings):
    loaded = load_task("ifbench_294", load_benchmarks(project().configs)["ifbench_294"], settings.protocol)
    loaded.task.build_all_requests()
    asked = [i for i in loaded.task.instances if "words:start_verb" in i.doc["instruction_id_list"]]
    assert len(asked) == 6
    return loaded.task, next(i for i in asked if len(i.doc["instruction_id_list"]) == 1)


@pytest.mark.parametrize(("answer", "score_"), [("Write a poem.", 1.0), ("A poem is written.", 0.0), ("The", 0.0)])
def test_whether_an_answer_begins_with_a_verb_needs_no_download(verb_first, answer, score_):
    task, instance = verb_first
    assert score(task, [instance], [answer]).scores["prompt_level_strict_acc"] == score_


def test_a_tagger_file_that_would_run_code_is_refused(tmp_path, monkeypatch):
    (tmp_path / "tagger").write_bytes(pickle.dumps(print))
    monkeypatch.setenv("IFBENCH_TAGGER", str(tmp_path / "tagger"))
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(pickle.UnpicklingError, match="expected plain data"):
        provide.__wrapped__()
    assert not (tmp_path / "cache" / "nltk_tagger").exists()
