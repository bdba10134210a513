import pytest

from harness.claims.names import benchmark_names, subject_names
from harness.config.settings import load_benchmarks, load_models, load_subjects, project
from harness.records import Subject
from tests.examples import benchmark, model


def test_ids_and_aliases_resolve_without_regard_to_case():
    names = benchmark_names({"quiz": benchmark(names=["Quiz", "The Quiz"])})
    assert names.resolve("quiz") == names.resolve("the QUIZ") == "quiz"
    assert names.resolve("quizz") is None


def test_one_name_for_two_benchmarks_is_an_error():
    two = {"a": benchmark(id="a", names=["Same"]), "b": benchmark(id="b", names=["same"])}
    with pytest.raises(ValueError, match="belongs to both a and b"):
        benchmark_names(two)


def test_a_subject_that_is_also_a_model_is_an_error():
    with pytest.raises(ValueError, match="m is defined twice"):
        subject_names({"m": model()}, {"m": Subject(id="m", name="M")})


class TestTheProjectsRegistries:
    configs = project().configs

    def test_benchmark_names_are_unique_and_their_parts_exist(self):
        records = load_benchmarks(self.configs)
        benchmark_names(records)
        for record in records.values():
            assert set(record.parts) | set(record.versions) <= set(records), record.id

    def test_subjects_stand_for_things_that_exist(self):
        models, subjects = load_models(self.configs), load_subjects(self.configs)
        known = set(subject_names(models, subjects).ids)
        for subject in subjects.values():
            assert set(subject.stands_for) | {subject.of or subject.id} <= known, subject.id

    def test_items_of_restricted_sets_may_not_be_passed_on(self):
        records = load_benchmarks(self.configs)
        assert records["aime_2025"].redistribution == "internal_only"
        assert records["gpqa_diamond"].redistribution == "internal_only"
        assert records["kmmlu"].redistribution == "verbatim_only"

    def test_every_named_task_exists(self):
        import lm_eval.tasks

        ours = [path.stem for path in project().tasks.rglob("*.yaml")]
        theirs = set(lm_eval.tasks.TaskManager().all_tasks)
        for record in load_benchmarks(self.configs).values():
            assert record.task is None or record.task in theirs or record.task in ours, record.id
