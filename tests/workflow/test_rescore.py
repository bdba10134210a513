"""Runs scored anew: what is written, and what never is."""

import json
import shutil

import pytest

from harness.config.settings import load_benchmarks, project
from harness.errors import HarnessError, UsageError
from harness.evaluation.journal import Journal
from harness.evaluation.requests import RequestPlan
from harness.evaluation.run import TaskPlan
from harness.evaluation.tasks import load_task
from harness.records import Answer, Manifest, Protocol
from harness.store import RunFolder, SampleLog, Store, read_samples
from harness.workflow.asking import library_of
from harness.workflow.display import Display
from harness.workflow.rescore import folders_of, rescore
from harness.workflow.verdicts import decide_all, load_ledger
from tests.examples import identity

QUIET = Display(quiet=True)
RIGHT = "kaleidoscope nebula nebula whisper whisper whisper " + "labyrinth " * 5 + "paradox " * 7
ANSWERS = [
    Answer(text=RIGHT, finish_reason="stop", started="2026-01-01T00:00:00.000+00:00"),
    Answer(text="No.", finish_reason="length"),
    Answer(text="", finish_reason="stop"),
    Answer(error="HTTP 500"),
]


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Return a run of four items of IFBench, answered without a server by an older state of the task."""
    benchmark = load_benchmarks(project().configs)["ifbench_294"]
    loaded = load_task("ifbench_294", benchmark, Protocol(id="house", max_tokens=100))
    found = identity(
        task="ifbench_294", data_sha256=loaded.data_sha256, library=library_of(benchmark), base_seed=7
    )
    request = RequestPlan.model_validate(
        {key: getattr(found, key) for key in RequestPlan.model_fields if hasattr(found, key)}
    )
    manifest = Manifest(
        key=found.key,
        identity=found,
        benchmark="ifbench_294",
        benchmark_items=loaded.items,
        protocol="house",
        code_version="0",
        command=[],
    )
    folder = Store(tmp_path_factory.mktemp("answered")).run(found)
    TaskPlan(loaded, range(len(ANSWERS)), 1, request).build()
    with SampleLog(folder) as log:
        journal = Journal(loaded, range(len(ANSWERS)), request, log)
        for instance, answer in zip(loaded.task.instances, ANSWERS, strict=True):
            journal.record([instance], 0, request.body(instance.args[0]), [answer])
    folder.manifest.write_text(manifest.model_dump_json())
    folder.probes.write_text("")
    return folder


@pytest.fixture
def store(answered, tmp_path):
    shutil.copytree(answered.path.parents[3], tmp_path / "results")
    return Store(tmp_path / "results")


@pytest.fixture
def run(store):
    (folder,) = store.runs()
    return folder


def one(path, *overrides, task=None):
    (found,) = rescore(path, task, overrides, QUIET).done
    return found


def edit(path, change):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(change(line)) + "\n" for line in lines))


def test_a_run_of_an_older_task_is_written_anew_under_the_identity_of_now(run):
    before = run.samples.read_bytes()
    found = one(run.path)
    assert (found.state, found.change.changed, found.change.failed) == ("rescored", 0, {})
    assert found.change.statuses[1] == {"scored": 1, "truncated": 1, "empty": 1, "error": 1}
    target = RunFolder(found.target)
    manifest = target.read_manifest()
    assert manifest.rescored_from == run.read_manifest().key
    assert manifest.key == manifest.identity.key == target.path.name
    assert manifest.identity.task_sha256 != "t"
    assert read_samples(target.samples) == read_samples(run.samples)
    assert target.requests.read_bytes() == run.requests.read_bytes()
    assert target.probes.exists()
    assert run.samples.read_bytes() == before

    again = one(found.target)
    assert (again.state, again.target) == ("same identity", found.target)
    assert one(run.path).state == "already rescored"


def test_scores_that_another_scorer_gave_are_named_with_old_and_new_means(run):
    edit(run.samples, lambda line: line | {"scores": dict.fromkeys(line["scores"], 0.0)})
    found = one(run.path)
    assert (found.change.changed, found.change.items) == (1, ["ifbench_294/00000"])
    assert found.change.metrics["prompt_level_loose_acc"] == (0.0, 0.25)
    assert read_samples(RunFolder(found.target).samples)[0].scores["prompt_level_loose_acc"] == 1.0


def test_scores_that_change_under_one_identity_are_told_and_not_written(run):
    target = RunFolder(one(run.path).target)
    edit(target.samples, lambda line: line | {"scores": {}})
    before = target.samples.read_bytes()
    found = one(target.path)
    assert (found.state, found.change.changed) == ("unstable", 2)
    assert target.samples.read_bytes() == before


def test_answers_that_came_later_are_rescored_too(run):
    whole = run.samples.read_text()
    run.samples.write_text("".join(whole.splitlines(keepends=True)[:2]))
    target = RunFolder(one(run.path).target)
    assert len(read_samples(target.samples)) == 2
    run.samples.write_text(whole)
    assert one(run.path).state == "rescored"
    assert len(read_samples(target.samples)) == 4
    assert sorted(path.name for path in run.path.parent.iterdir()) == sorted([run.path.name, target.path.name])


def test_a_torn_last_line_is_passed_over_and_left_as_it_is(run):
    whole = run.samples.read_bytes()
    run.samples.write_bytes(whole[:-5])
    found = one(run.path)
    assert (found.torn, found.change.samples) == (True, 3)
    assert run.samples.read_bytes() == whole[:-5]


def test_the_extractor_is_part_of_the_identity_where_a_benchmark_has_two(run, monkeypatch):
    known = load_benchmarks(project().configs)
    score = known["ifbench_294"].score.model_copy(update={"lenient": "prompt_level_loose_acc"})
    known["ifbench_294"] = known["ifbench_294"].model_copy(update={"score": score})
    monkeypatch.setattr("harness.workflow.rescore_run.load_benchmarks", lambda _: known)
    strict, lenient = one(run.path), one(run.path, "protocol.extractor=lenient")
    assert strict.target != lenient.target
    manifest = RunFolder(lenient.target).read_manifest()
    assert manifest.identity.extractor == "lenient"
    assert manifest.protocol.startswith("house+")


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("protocol.max_tokens=7", "anything else needs new answers"),
        ("model=gemma3_270m", "protocol.KEY=VALUE"),
        ("protocol.extractr=lenient", "extractor"),
    ],
)
def test_what_asks_for_new_answers_is_refused(run, override, says):
    with pytest.raises(UsageError, match=says):
        rescore(run.path, None, [override], QUIET)


def test_answers_to_another_prompt_are_not_scored(run):
    def other(line):
        line["body"]["messages"][-1]["content"] += " Please."
        return line

    edit(run.requests, other)
    with pytest.raises(HarnessError, match="another prompt for 4 of 4"):
        rescore(run.path, None, [], QUIET)
    run.requests.write_text("")
    with pytest.raises(HarnessError, match="the request of ifbench_294/00000"):
        rescore(run.path, None, [], QUIET)


def test_a_run_of_its_own_under_the_new_identity_is_never_overwritten(run):
    target = RunFolder(one(run.path).target)
    own = target.read_manifest().model_copy(update={"rescored_from": None})
    target.manifest.write_text(own.model_dump_json())
    with pytest.raises(HarnessError, match="a run of its own"):
        rescore(run.path, None, [], QUIET)
    target.manifest.write_text(own.model_copy(update={"rescored_from": run.path.name}).model_dump_json())
    longer = (
        target.samples.read_text()
        + read_samples(run.samples)[0].model_copy(update={"repeat": 1}).model_dump_json()
    )
    target.samples.write_text(longer + "\n")
    with pytest.raises(HarnessError, match="continued there"):
        rescore(run.path, None, [], QUIET)


def test_of_several_runs_one_that_fails_does_not_keep_the_others(store, run):
    broken = RunFolder(run.path.with_name("f" * 16))
    shutil.copytree(run.path, broken.path)
    broken.requests.unlink()
    found = rescore(store.root, None, [], QUIET)
    assert [str(done.source) for done in found.done] == [str(run.path)]
    assert list(found.failed) == [str(broken.path)]
    assert len(folders_of(store.root)) == 2
    with pytest.raises(UsageError, match="nothing there"):
        folders_of(store.root / "none")


def test_a_verdict_counts_the_same_answers_once_with_their_newest_scores(store, run):
    target = one(run.path).target
    found = decide_all(store, load_ledger())
    assert [store.root / "runs" / "m" / "ifbench_294" / target.name] == [
        store.root.parent / evidence.folder for evidence in found.runs
    ]


def test_of_several_scorings_of_the_same_answers_the_last_one_speaks(store, run, monkeypatch):
    monkeypatch.setattr("harness.workflow.rescore_run.library_of", lambda _: "lm-eval of later")
    one(run.path)
    monkeypatch.setattr("harness.workflow.rescore_run.library_of", lambda _: "lm-eval of still later")
    last = one(run.path).target
    assert RunFolder(last).read_manifest().rescoring == 2
    (evidence,) = decide_all(store, load_ledger()).runs
    assert store.root.parent / evidence.folder == last


def test_a_scoring_by_another_benchmark_does_not_hide_the_runs_own(store, run):
    other = RunFolder(run.path.with_name("e" * 16))
    shutil.copytree(run.path, other.path)
    changes = {"key": "e" * 16, "benchmark": "ifbench", "rescored_from": run.path.name, "rescoring": 1}
    other.manifest.write_text(run.read_manifest().model_copy(update=changes).model_dump_json())
    held = {evidence.manifest.benchmark for evidence in decide_all(store, load_ledger()).runs}
    assert held == {"ifbench_294", "ifbench"}
