"""Load a task with its benchmark's items, and know exactly what was loaded."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import datasets
from lm_eval.api.task import Task

from harness.errors import HarnessError
from harness.evaluation.examples import from_own_part
from harness.evaluation.items import read_examples, read_items, unpinned
from harness.evaluation.lm_tasks import Config, build, config_of, task_hash
from harness.evaluation.options import shuffled
from harness.records import Benchmark, Protocol
from harness.store.origins import fetch

_FEWSHOT_SEED = 1234
"""lm-eval's own default, so that few-shot prompts are those of a plain lm-eval run."""


@dataclass(frozen=True)
class LoadedTask:
    """A task with its items, ready to build prompts and to score."""

    name: str
    """The benchmark's: one task may serve several, each with its own items."""
    task: Task
    items: int
    task_sha256: str
    data_sha256: str
    stop: Sequence[str]
    num_fewshot: int
    output_type: str
    runs_code: bool
    unpinned: Sequence[str] = ()
    """Origins of its items that no hash and no revision pins."""


def load_task(name: str, benchmark: Benchmark, protocol: Protocol) -> LoadedTask:
    """Return the task `name` with the benchmark's items, and the protocol's examples and order of options.

    What its scoring needs besides (NLTK data, say) is fetched first.
    Raises UsageError for a task nobody has, HarnessError when its items, examples or resources cannot be had.
    """
    fetch_resources(benchmark)
    where = f"configs/benchmark/{benchmark.id}.yaml, task {name}"
    config = config_of(name)
    task_sha256 = task_hash(name, config)
    shots = config.get("num_fewshot") or 0 if protocol.num_fewshot is None else protocol.num_fewshot
    given = _given_examples(config)
    splits = {"test": _dataset(read_items(benchmark))}
    if shots and not given:
        splits["examples"] = _dataset(_examples(benchmark, where))
    try:
        task = build(benchmark.id, config, splits, shots)
        if protocol.options == "shuffled":
            task.config.process_docs = shuffled(task.config.process_docs, protocol.base_seed, where)
        task.set_fewshot_seed(seed=_FEWSHOT_SEED)
        if shots:
            from_own_part(task)
        docs = list(task.eval_docs)
    except HarnessError:
        raise
    except Exception as error:
        raise HarnessError(
            expected=f"the task {name} on the items of {benchmark.id}",
            found=f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}",
            where=where,
            fix="check that the columns of the items are those that the task reads",
        ) from error
    if benchmark.items is not None and len(docs) != benchmark.items:
        raise HarnessError(
            expected=f"{benchmark.items} items of {benchmark.id}",
            found=f"{len(docs)}",
            where=where,
            fix="restore the data, or mend `items` in the benchmark's record",
        )
    generation: Mapping[str, Any] = task.get_config("generation_kwargs") or {}
    until = generation.get("until") or []
    return LoadedTask(
        name=benchmark.id,
        task=task,
        items=len(docs),
        task_sha256=task_sha256,
        data_sha256=_data_hash(docs, splits.get("examples", [])),
        stop=[until] if isinstance(until, str) else list(until),
        num_fewshot=shots,
        output_type=str(task.OUTPUT_TYPE),
        runs_code=bool(getattr(task, "UNSAFE_CODE", False)),
        unpinned=unpinned(benchmark, examples="examples" in splits),
    )


def fetch_resources(benchmark: Benchmark) -> None:
    """Fetch what a benchmark's scoring needs besides the items, and say where it is in the environment.

    Raises HarnessError when it cannot be had.
    """
    for resource in benchmark.resources:
        os.environ[resource.env] = str(fetch(resource.origin))


def _given_examples(config: Config) -> bool:
    """Return whether the task itself holds the worked examples."""
    return bool((config.get("fewshot_config") or {}).get("samples"))


def _examples(benchmark: Benchmark, where: str) -> list[dict[str, Any]]:
    if not benchmark.fewshot:
        raise HarnessError(
            expected="items for worked examples that are not the evaluated ones",
            found="none named",
            where=where,
            fix="protocol.num_fewshot=0, or name them under `fewshot` in the benchmark's record",
        )
    return read_examples(benchmark)


def _dataset(rows: list[dict[str, Any]]) -> datasets.Dataset:
    # Several parts may differ in their columns (from_list keeps those of the first row), or in a column's type.
    columns = dict.fromkeys(name for row in rows for name in row)
    return datasets.Dataset.from_list(
        [{name: row.get(name) for name in columns} for row in rows], on_mixed_types="use_json"
    )


def _data_hash(docs: Sequence[Mapping[str, Any]], examples: Sequence[Mapping[str, Any]]) -> str:
    found = hashlib.sha256()
    for doc in [*docs, *examples]:
        found.update(json.dumps(doc, sort_keys=True, ensure_ascii=False, default=str).encode() + b"\n")
    return found.hexdigest()
