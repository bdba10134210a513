"""An imported log scored by our task, and how far its own scores agree."""

from collections.abc import Mapping, Sequence

from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from harness.config.settings import load_benchmarks, project
from harness.errors import HarnessError, UsageError, nearest
from harness.evaluation.imports.documents import task_of
from harness.evaluation.imports.joining import join
from harness.evaluation.imports.log import ForeignItem
from harness.evaluation.lm_tasks import config_of, task_hash
from harness.evaluation.requests import as_messages
from harness.evaluation.rescoring import (
    Agreement,
    Asked,
    Scores,
    against,
    agreement,
    changes,
    metric_names,
    regrade,
    scorer_failed,
    together,
)
from harness.evaluation.tasks import fetch_resources, load_task
from harness.records import Benchmark, Import, Protocol, Sample, Scoring, item_id
from harness.store import RunFolder, read_samples
from harness.store.whole import is_torn, read_import, read_requests, write_beside
from harness.workflow.asking import library_of
from harness.workflow.display import Display
from harness.workflow.rescored import Rescored, named

_PLAIN = Protocol(id="import", max_tokens=1, stop=[], num_fewshot=0)
"""Builds each item's own prompt, to tell items by."""
Candidate = tuple[str, Benchmark | None]
"""A task, and the benchmark that it runs."""


def rescore_import(folder: RunFolder, task: str | None, overrides: Sequence[str], display: Display) -> Rescored:
    """Score imported answers; write them beside the import.

    The documents that the log carries are used, else the benchmark's items, joined by what was asked.
    Raises UsageError for a task that nobody has, HarnessError when none of its items is in the log.
    """
    if overrides:
        raise UsageError(
            "no protocol for an import: its answers were asked elsewhere",
            " ".join(overrides),
            where="command line",
        )
    record = read_import(folder)
    samples = read_samples(folder.samples)
    if not samples:
        raise HarnessError(
            expected="answers to score",
            found=f"{len(record.reported)} scores without any",
            where=str(folder.path),
            fix="import the answers: lm-eval's samples_*.jsonl (--log_samples), Every Eval Ever's *_samples.jsonl",
        )
    bodies = read_requests(folder)
    items = {item: ForeignItem.of(body) for item, body in bodies.values()}
    (name, benchmark), scorer, asked = _scorer(record, items, task, display)
    _check_kind(scorer, name, samples, record)
    unjoined = [foreign.name for item, foreign in items.items() if item not in asked]
    joined = [sample for sample in samples if sample.item in asked]
    with display.bar(name, len(joined)) as bar:
        new = regrade(scorer, asked, joined, bar.advance)
    scoring = Scoring(
        task=name,
        benchmark=benchmark.id if benchmark else None,
        task_sha256=task_hash(name, config_of(name)),
        library=library_of(benchmark),
    )
    scored = record.model_copy(
        update={
            "items": len({sample.item for sample in new}),
            "samples": len(new),
            "unjoined": unjoined,
            "scoring": scoring,
            "rescored_from": record.rescored_from or record.key,
        }
    )
    agreed = _agreement(record, joined, new, scorer, asked, benchmark)
    target = RunFolder(folder.path.with_name(scored.key))
    kept = {key: (asked[item].item, body) for key, (item, body) in bodies.items() if item in asked}
    written = write_beside(folder, target, scored, new, kept)
    return Rescored(
        source=folder.path,
        target=target.path,
        task=name,
        benchmark=scoring.benchmark,
        state="rescored" if written else "already rescored",
        change=changes(joined, new) if record.scoring else against(joined, new, agreed),
        compared=bool(record.scoring or agreed),
        torn=is_torn(folder.samples),
        agreement=agreed,
        unjoined=unjoined,
    )


def _scorer(
    record: Import, items: Mapping[str, ForeignItem], wanted: str | None, display: Display
) -> tuple[Candidate, Task, dict[str, Asked]]:
    """Return the task that scores the log, and what it asks of each of the log's items that it has."""
    best: tuple[Candidate, Task, dict[str, Asked]] | None = None
    problem: HarnessError | None = None
    for candidate in _candidates(record, wanted):
        display.say(f"trying {candidate[0]}")
        try:
            found = _by_documents(candidate, items) or _by_items(candidate, items)
        except HarnessError as error:
            display.say(f"{candidate[0]} cannot be tried: {error.found}")
            problem = problem or error
            continue
        if found and (best is None or len(found[1]) > len(best[2])):
            best = candidate, *found
        if best and len(best[2]) == len(items):
            break
    if best is not None and best[2]:
        return best
    raise problem or HarnessError(
        expected=f"items of {wanted or record.task}",
        found=f"none of the {len(items)} that the log asked",
        where=", ".join(file.name for file in record.files),
        fix="name the task that has them: --task NAME",
    )


def _check_kind(scorer: Task, name: str, samples: Sequence[Sample], record: Import) -> None:
    """Raise HarnessError when the log holds texts and the task weighs likelihoods, or the other way round."""
    weighs = scorer.OUTPUT_TYPE != "generate_until"
    if any(("loglikelihood" in sample.answers) != weighs for sample in samples if sample.error is None):
        raise HarnessError(
            expected=f"{'likelihoods' if weighs else 'texts'}, which {name} scores",
            found="texts" if weighs else "likelihoods",
            where=", ".join(file.name for file in record.files),
            fix="name a task that scores what the log holds: --task NAME",
        )


def _candidates(record: Import, wanted: str | None) -> list[Candidate]:
    """Return the tasks that may have made the log: the one it names, then its benchmark's, in every version."""
    known = load_benchmarks(project().configs)
    if wanted is not None:
        benchmark = named(known, wanted)
        return [(benchmark.task if benchmark and benchmark.task else wanted, benchmark)]
    names = dict.fromkeys([record.task, record.task.rsplit("/", 1)[-1], record.task.split("/", 1)[0]])
    found: dict[str, Candidate] = {}
    for name in names:
        benchmark = named(known, name) or _spelt(known, name)
        if record.format == "lm_eval":
            found.setdefault(name, (name, benchmark))
        if benchmark is not None:
            for one in (benchmark, *(known[version] for version in benchmark.versions)):
                if one.task is not None:
                    found.setdefault(one.task, (one.task, one))
    if found:
        return list(found.values())
    raise UsageError(
        expected="a log of a benchmark that has a task here",
        found=record.task,
        where=", ".join(file.name for file in record.files),
        fix=f"--task NAME; {nearest(record.task, [b.task for b in known.values() if b.task])}",
    )


def _spelt(known: Mapping[str, Benchmark], name: str) -> Benchmark | None:
    plain = name.casefold()
    spellings = ((b, {b.id.casefold(), *(n.casefold() for n in b.names)}) for b in known.values())
    return next((benchmark for benchmark, names in spellings if plain in names), None)


def _by_documents(candidate: Candidate, items: Mapping[str, ForeignItem]) -> tuple[Task, dict[str, Asked]] | None:
    name, benchmark = candidate
    if any(foreign.doc is None for foreign in items.values()):
        return None
    if benchmark is not None:
        fetch_resources(benchmark)
    found = task_of(name, list(items.values()))
    if found is None:
        return None
    scorer, asked = found
    return scorer, {item: asked[foreign.name] for item, foreign in items.items()}


def _by_items(candidate: Candidate, items: Mapping[str, ForeignItem]) -> tuple[Task, dict[str, Asked]] | None:
    name, benchmark = candidate
    if benchmark is None:
        return None
    loaded = load_task(name, benchmark, _PLAIN)
    loaded.task.build_all_requests(apply_chat_template=True, fewshot_as_multiturn=True, chat_template=as_messages)
    instances: dict[int, list[Instance]] = {}
    for instance in loaded.task.instances:
        instances.setdefault(instance.doc_id or 0, []).append(instance)
    indices = join(items.values(), instances)
    return loaded.task, {
        item: Asked(item_id(name, indices[foreign.name]), instances[indices[foreign.name]])
        for item, foreign in items.items()
        if foreign.name in indices
    }


def _agreement(
    record: Import,
    old: Sequence[Sample],
    new: Sequence[Sample],
    scorer: Task,
    asked: Mapping[str, Asked],
    benchmark: Benchmark | None,
) -> list[Agreement]:
    """Return how many of the log's own scores ours equal; of a rescored import there are none left."""
    if record.scoring is not None:
        return []
    scored = [(before, after) for before, after in zip(old, new, strict=True) if before.scores]
    theirs = [(after.item, before.scores) for before, after in scored]
    ours: list[Scores | None] = [None if scorer_failed(after) else after.scores for _, after in scored]
    if record.together:
        joint = together(scorer, asked, old)
        ours = [joint.get(before.item) for before, _ in scored]
    names = metric_names(
        (name for _, scores in theirs for name in scores),
        (name for scores in ours if scores for name in scores),
        benchmark.metrics if benchmark else {},
        benchmark.score.metric if benchmark else None,
    )
    return agreement(theirs, ours, names)
