"""Benchmark items from their pinned origin; lm-eval's tasks load them through `load`."""

import gzip
import json
from pathlib import Path
from typing import Any

import datasets

from harness.config.settings import data_root, load_benchmarks, project
from harness.errors import HarnessError, UsageError, nearest
from harness.records import Benchmark, HubOrigin
from harness.store.files import sha256_file
from harness.store.origins import fetch


def load(benchmark: str, **_: Any) -> dict[str, datasets.Dataset]:
    """Return the items of a benchmark as lm-eval wants them: {"test": Dataset}.

    Named in a task's YAML as `custom_dataset: !function harness.evaluation.items.load` with
    `dataset_kwargs: {benchmark: <id>}`; where the items are and what they must hash to stands in
    configs/benchmark/<id>.yaml.
    Raises HarnessError when the items cannot be had or differ from the pinned ones.
    """
    known = load_benchmarks(project().configs)
    if benchmark not in known:
        raise UsageError(expected="a benchmark with a record", found=benchmark, fix=nearest(benchmark, known))
    return {"test": datasets.Dataset.from_list(read_items(known[benchmark]))}


def read_items(benchmark: Benchmark) -> list[dict[str, Any]]:
    """Return the items of a benchmark, in the order of its file.

    Raises HarnessError when the record names no data, the file's hash is not the pinned one, or the number
    of items differs from the record's.
    """
    where = f"configs/benchmark/{benchmark.id}.yaml"
    if benchmark.data is None:
        raise HarnessError(expected=f"data of {benchmark.id}", found="none named", where=where)
    if isinstance(benchmark.data, HubOrigin) and benchmark.data.member is None:
        origin = benchmark.data
        rows = datasets.load_dataset(
            origin.hub,
            origin.name,
            split=origin.split,
            revision=None if origin.revision == "unpinned" else origin.revision,
        )
        return list(rows)
    path = fetch(benchmark.data, data_root=data_root())
    found = sha256_file(path)
    if benchmark.sha256 is not None and found != benchmark.sha256:
        raise HarnessError(
            expected=f"items of {benchmark.id} with SHA-256 {benchmark.sha256}",
            found=f"SHA-256 {found}",
            where=str(path),
            fix=f"restore the file, or mend `sha256` in {where}",
        )
    items = _read(path)
    if benchmark.items is not None and len(items) != benchmark.items:
        raise HarnessError(
            expected=f"{benchmark.items} items of {benchmark.id}", found=f"{len(items)}", where=str(path)
        )
    return items


def _read(path: Path) -> list[dict[str, Any]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    if text.lstrip().startswith("["):
        return list(json.loads(text))
    return [json.loads(line) for line in text.split("\n") if line.strip()]
