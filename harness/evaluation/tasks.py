"""Load an lm-eval task, ours from tasks/ first, with its benchmark's items, and know exactly what was loaded."""

import hashlib
import inspect
import json
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import datasets
import lm_eval
from lm_eval.api.task import Task
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml

from harness.config.settings import project
from harness.errors import HarnessError, UsageError, nearest
from harness.evaluation.examples import from_own_part
from harness.evaluation.items import read_examples, read_items
from harness.evaluation.options import shuffled
from harness.records import Benchmark, Protocol
from harness.store.origins import fetch

_FEWSHOT_SEED = 1234
"""lm-eval's own default, so that few-shot prompts are those of a plain lm-eval run."""
_EXTRACTION = Path(__file__).with_name("extraction")
Config = dict[str, Any]
"""A task as its YAML describes it, functions resolved."""


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


def load_task(name: str, benchmark: Benchmark, protocol: Protocol) -> LoadedTask:
    """Return the task `name` with the benchmark's items, and the protocol's examples and order of options.

    What its scoring needs besides (NLTK data, say) is fetched first.
    Raises UsageError for a task nobody has, HarnessError when its items, examples or resources cannot be had.
    """
    for resource in benchmark.resources:
        os.environ[resource.env] = str(fetch(resource.origin))
    where = f"configs/benchmark/{benchmark.id}.yaml, task {name}"
    config = _config(name)
    task_sha256 = _task_hash(name, config)
    shots = config.get("num_fewshot") or 0 if protocol.num_fewshot is None else protocol.num_fewshot
    given = _given_examples(config)
    splits = {"test": _dataset(read_items(benchmark))}
    if shots and not given:
        splits["examples"] = _dataset(_examples(benchmark, where))
    try:
        injected = _injected(config, splits, shots) | {"task": benchmark.id}
        task = _manager(name).load([injected])["tasks"][benchmark.id]
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
    )


def _config(name: str) -> Config:
    entry = _manager(name).task_index[name]
    config: Config = load_yaml(entry.yaml_path, resolve_func=True) if entry.yaml_path else {}
    if config.get("task") != name or "class" in config:
        raise UsageError(
            expected="one task of lm-eval's YAML form",
            found=f"{name}, which is a group of tasks or written in Python",
            where=str(entry.yaml_path),
            fix="name a single task, or write one in tasks/",
        )
    return config


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


def _injected(config: Config, splits: Mapping[str, datasets.Dataset], shots: int) -> Config:
    """Return the task's configuration with our data in place of its own, whatever splits it names."""
    own = config.get("fewshot_config")
    return {
        **config,
        "dataset_path": None,
        "dataset_name": None,
        "dataset_kwargs": None,
        "custom_dataset": lambda **_: splits,
        "training_split": None,
        "validation_split": None,
        "test_split": "test",
        "fewshot_split": "examples" if "examples" in splits else None,
        "fewshot_config": None if own is None else {key: own[key] for key in own if key != "split"},
        "num_fewshot": shots,
    }


def _dataset(rows: list[dict[str, Any]]) -> datasets.Dataset:
    # Several parts may differ in their columns (from_list keeps those of the first row), or in a column's type.
    columns = dict.fromkeys(name for row in rows for name in row)
    return datasets.Dataset.from_list(
        [{name: row.get(name) for name in columns} for row in rows], on_mixed_types="use_json"
    )


@cache
def _manager(name: str) -> TaskManager:
    """Return a manager that knows `name`, ours first.

    lm-eval's index of its own thousands of files takes many seconds: only the folder that holds the task is read.
    """
    # Its loader announces every custom data set at warning level.
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    own = TaskManager(include_path=str(project().tasks), include_defaults=False)
    if name in own.all_tasks:
        return own
    folder = _folder_of(name)
    if folder is None:
        raise UsageError(
            expected="a task in tasks/ or of lm-eval " + metadata.version("lm-eval"),
            found=name,
            where=str(project().tasks),
            fix=nearest(name, TaskManager(include_path=str(project().tasks)).all_tasks),
        )
    return TaskManager(include_path=str(folder), include_defaults=False)


def _folder_of(name: str) -> Path | None:
    """Return the folder of lm-eval's tasks whose files define `name`."""
    defines = re.compile(rf"^(task|group): *[\"']?{re.escape(name)}[\"']? *(#.*)?$".encode(), re.MULTILINE)
    files = (Path(lm_eval.__file__).parent / "tasks").rglob("*.yaml")
    return next((path.parent for path in files if defines.search(path.read_bytes())), None)


def _task_hash(name: str, config: Config) -> str:
    """Return a hash over how the task asks and scores: its configuration and the code that this names.

    Where its items come from is left out: they have a hash of their own.
    """
    data = {"dataset_path", "dataset_name", "dataset_kwargs", "custom_dataset"}
    modules: set[Path] = set()

    def described(value: Any) -> str:
        modules.add(Path(inspect.getfile(value)))
        return f"{Path(inspect.getfile(value)).name}:{value.__qualname__}"

    kept = {key: value for key, value in config.items() if key not in data}
    found = hashlib.sha256(metadata.version("lm-eval").encode())
    found.update(json.dumps(kept, sort_keys=True, default=_or_text(described)).encode())
    for folder in (f for f in project().tasks.iterdir() if (f / f"{name}.yaml").exists()):
        modules |= {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        modules |= set(_EXTRACTION.glob("*.py"))
    if config.get("unsafe_code"):
        modules |= set(_EXTRACTION.parent.glob("sandbox*.py"))
    for path in sorted(modules, key=lambda path: (path.parent.name, path.name)):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def _or_text(described: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: described(value) if callable(value) else str(value)


def _data_hash(docs: Sequence[Mapping[str, Any]], examples: Sequence[Mapping[str, Any]]) -> str:
    found = hashlib.sha256()
    for doc in [*docs, *examples]:
        found.update(json.dumps(doc, sort_keys=True, ensure_ascii=False, default=str).encode() + b"\n")
    return found.hexdigest()
