"""One run's answers scored anew, under the identity that it would have now."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lm_eval.api.instance import Instance

import harness
from harness.config.settings import load_benchmarks, load_settings, project
from harness.errors import HarnessError, UsageError, nearest
from harness.evaluation.requests import RequestPlan
from harness.evaluation.rescoring import Asked, changes, regrade
from harness.evaluation.run import TaskPlan
from harness.evaluation.tasks import LoadedTask, load_task
from harness.records import Benchmark, Manifest, Protocol, RunIdentity, Sample, item_id
from harness.records.base import digest
from harness.store import RunFolder, read_samples
from harness.store.whole import is_torn, read_requests, write_beside
from harness.workflow.asking import library_of
from harness.workflow.display import Display
from harness.workflow.rescored import Rescored, State, named

CHANGEABLE = frozenset({"extractor", "options", "num_fewshot"})
"""Keys of the protocol that stored answers can be scored under, if their prompts stay the same."""


def rescore_run(folder: RunFolder, task: str | None, overrides: Sequence[str], display: Display) -> Rescored:
    """Score a run's answers anew; write them beside it, under their new identity, where that has changed.

    Raises UsageError for overrides that ask for new answers, HarnessError when the task asks its items
    differently now, or the items or what scores them cannot be had.
    """
    manifest = folder.read_manifest()
    benchmark = _benchmark(manifest, task)
    protocol, name = _protocol(manifest, benchmark, overrides)
    samples, requests = read_samples(folder.samples), read_requests(folder)
    if not samples:
        raise HarnessError("answers to score", "none", where=str(folder.samples))
    display.say(f"loading {benchmark.task}")
    loaded = load_task(str(benchmark.task), benchmark, protocol)
    indices = sorted({_index(sample) for sample in samples})
    if indices[-1] >= loaded.items:
        raise HarnessError(f"at most {loaded.items} items", f"item {indices[-1]}", where=str(folder.samples))
    TaskPlan(loaded, indices, 1, _request(manifest.identity)).build()
    asked = _asked(loaded, indices, manifest.identity.task)
    _check_prompts(asked, samples, requests, manifest.identity, folder)
    with display.bar(str(benchmark.task), len(samples)) as bar:
        new = regrade(loaded.task, asked, samples, bar.advance)
    identity = _identity(manifest.identity, loaded, benchmark, protocol)
    change = changes(samples, new)
    target, state = folder, _same_identity(change.changed)
    if identity.key != manifest.key:
        target = RunFolder(_beside(folder, manifest.identity, identity))
        answers = manifest.rescored_from or manifest.key
        record = manifest.model_copy(
            update={
                "key": identity.key,
                "identity": identity,
                "benchmark": benchmark.id,
                "benchmark_items": loaded.items,
                "protocol": name,
                "code_version": harness.__version__,
                "rescored_from": answers,
                "rescoring": _scorings(target, answers) + 1,
            }
        )
        kept = {key: (asked[item].item, body) for key, (item, body) in requests.items() if item in asked}
        state = "rescored" if write_beside(folder, target, record, new, kept) else "already rescored"
    return Rescored(
        folder.path, target.path, loaded.name, benchmark.id, state, change, torn=is_torn(folder.samples)
    )


def _scorings(target: RunFolder, answers: str) -> int:
    """Return the number of the newest scoring of the same answers beside `target`; 0 for none."""
    beside = [RunFolder(path.parent).read_manifest() for path in target.path.parent.glob("*/manifest.json")]
    return max((found.rescoring for found in beside if found.rescored_from == answers), default=0)


def _same_identity(changed: int) -> State:
    return "unstable" if changed else "same identity"


def _benchmark(manifest: Manifest, task: str | None) -> Benchmark:
    """Return the benchmark to score by: that of the run, or the one that `task` runs."""
    known = load_benchmarks(project().configs)
    found = named(known, task) if task else known.get(manifest.benchmark)
    if found is None or found.task is None:
        tasks = [benchmark.task for benchmark in known.values() if benchmark.task]
        raise UsageError(
            expected="a benchmark, or the task that runs one",
            found=task or f"none for {manifest.benchmark}",
            where="--task" if task else f"configs/benchmark/{manifest.benchmark}.yaml",
            fix=nearest(task or manifest.benchmark, tasks),
        )
    return found


def _protocol(manifest: Manifest, benchmark: Benchmark, overrides: Sequence[str]) -> tuple[Protocol, str]:
    """Return the protocol of a run, as its identity records it, with what the command changes; and its name."""
    for text in overrides:
        if not text.startswith("protocol."):
            raise UsageError(
                "protocol.KEY=VALUE", repr(text), where="command line", fix="such as protocol.extractor=lenient"
            )
    name = manifest.protocol.split("+", maxsplit=1)[0]
    plain = load_settings([f"protocol={name}"]).protocol
    wanted = load_settings([f"protocol={name}", *overrides]).protocol
    changed = {key for key in Protocol.model_fields if getattr(plain, key) != getattr(wanted, key)}
    if changed - CHANGEABLE:
        raise UsageError(
            expected=" or ".join(f"protocol.{key}" for key in sorted(CHANGEABLE)),
            found=", ".join(f"protocol.{key}" for key in sorted(changed - CHANGEABLE)),
            where="command line",
            fix="anything else needs new answers: harness run",
        )
    identity = manifest.identity
    recorded = {
        "endpoint": identity.endpoint,
        "system": identity.system,
        "sampling": identity.decoding,
        "max_tokens": identity.max_tokens,
        "stop": identity.stop,
        "num_fewshot": identity.num_fewshot,
        "extractor": identity.extractor,
        "base_seed": identity.base_seed,
    }
    new = {key: getattr(wanted, key) for key in changed}
    protocol = plain.on(benchmark.id).model_copy(update=recorded | new)
    if not changed:
        return protocol, manifest.protocol
    return protocol, f"{name}+{digest(protocol.model_dump(mode='json'))[:6]}"


def _request(identity: RunIdentity) -> RequestPlan:
    return RequestPlan(
        model=identity.model,
        endpoint=identity.endpoint,
        decoding=identity.decoding,
        system=identity.system,
        thinking=identity.thinking,
        max_tokens=identity.max_tokens,
        stop=identity.stop,
        base_seed=identity.base_seed,
    )


def _identity(old: RunIdentity, loaded: LoadedTask, benchmark: Benchmark, protocol: Protocol) -> RunIdentity:
    """Return the identity that the run would have now, all else equal."""
    return old.model_copy(
        update={
            "task": loaded.name,
            "task_sha256": loaded.task_sha256,
            "data_sha256": loaded.data_sha256,
            "library": library_of(benchmark),
            "num_fewshot": loaded.num_fewshot,
            "extractor": protocol.extractor if benchmark.score.lenient else "strict",
        }
    )


def _index(sample: Sample) -> int:
    return int(sample.item.rsplit("/", 1)[1])


def _asked(loaded: LoadedTask, indices: Sequence[int], old_task: str) -> dict[str, Asked]:
    """Return what the task asks now, by the item's id in the stored answers."""
    groups: dict[int, list[Instance]] = {}
    for instance in loaded.task.instances:
        groups.setdefault(indices[instance.doc_id or 0], []).append(instance)
    return {
        item_id(old_task, index): Asked(item_id(loaded.name, index), instances)
        for index, instances in groups.items()
    }


def _check_prompts(
    asked: Mapping[str, Asked],
    samples: Sequence[Sample],
    requests: Mapping[str, tuple[str, dict[str, Any]]],
    identity: RunIdentity,
    folder: RunFolder,
) -> None:
    """Raise HarnessError when an answer was given to another prompt than the task has for its item now."""
    other = []
    for sample in samples:
        if sample.request.sha256 not in requests:
            raise HarnessError(
                expected=f"the request of {sample.item}",
                found="none with its hash",
                where=str(folder.requests),
                fix="restore the file: it says what the answers answer",
            )
        _, body = requests[sample.request.sha256]
        if _sent(body) != _now(asked[sample.item].instances, identity):
            other.append(sample.item)
    if other:
        raise HarnessError(
            expected="a task that asks what was asked",
            found=f"another prompt for {len(other)} of {len(samples)} answers, such as {other[0]}",
            where=str(folder.path),
            fix="name what the run's command changed (protocol.options=shuffled, say); else harness run asks anew",
        )


def _sent(body: Mapping[str, Any]) -> Any:
    return next((body[key] for key in ("messages", "prompts", "prompt") if key in body), None)


def _now(instances: Sequence[Instance], identity: RunIdentity) -> Any:
    first = instances[0]
    if first.request_type != "generate_until":
        return [list(instance.args) for instance in instances]
    return json.loads(first.args[0]) if identity.endpoint == "chat" else first.args[0]


def _beside(folder: RunFolder, old: RunIdentity, new: RunIdentity) -> Any:
    """Return where the run with the new identity lies: <task>/<key>, as the store has it."""
    if old.task == new.task:
        return folder.path.with_name(new.key)
    return folder.path.parent.with_name(new.task) / new.key
