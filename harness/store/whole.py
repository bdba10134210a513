"""Folders of answers that are written in one go: there complete, or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import HarnessError, UsageError, described
from harness.records import Import, Manifest, Sample
from harness.store.layout import RunFolder
from harness.store.samples import read_samples


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to write into, which becomes `path` when the block ends without an error.

    Raises UsageError when there are files at `path` already.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError("a folder that does not exist yet", "one with files in it", where=str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield made
        made.chmod(0o755)
        made.replace(path)
    except BaseException:
        shutil.rmtree(made)
        raise


def write_whole(
    folder: RunFolder,
    record: Manifest | Import,
    samples: Iterable[Sample],
    requests: Mapping[str, tuple[str, Mapping[str, Any]]],
) -> None:
    """Write what a folder of answers holds: its record, its samples, and (item, body) of each request by hash."""
    folder.path.mkdir(parents=True, exist_ok=True)
    head = folder.imported if isinstance(record, Import) else folder.manifest
    _write(head, [record.model_dump_json(indent=1)])
    lines = ({"sha256": key, "item": item, "body": body} for key, (item, body) in requests.items())
    _write(folder.requests, (json.dumps(line, ensure_ascii=False) for line in lines))
    _write(folder.samples, (sample.model_dump_json(exclude_none=True) for sample in samples))


def write_beside(
    source: RunFolder,
    target: RunFolder,
    record: Manifest | Import,
    samples: Sequence[Sample],
    requests: Mapping[str, tuple[str, Mapping[str, Any]]],
) -> bool:
    """Write the answers of `source`, scored anew, to `target`; return False when they stand there already.

    What befell the servers is kept beside them. An older state of the same answers is replaced.
    Raises HarnessError when `target` holds answers of its own, which are never overwritten.
    """
    old = None
    if target.path.exists():
        held = read_samples(target.samples)
        lines = [sample.model_dump_json() for sample in samples]
        foreign = rescored_from(target) != record.rescored_from
        if foreign or {sample.key for sample in held} - {sample.key for sample in samples}:
            raise HarnessError(
                expected="no answers under the new identity but those of this run",
                found="a run of its own" if foreign else "more answers than this run has: it was continued there",
                where=str(target.path),
                fix="harness verdict takes both into account; nothing needs to be rescored",
            )
        if [sample.model_dump_json() for sample in held] == lines:
            return False
        target.lock().release()
        old = target.path.rename(target.path.with_name(f".{target.path.name}.old"))
    with whole_folder(target.path) as made:
        write_whole(RunFolder(made), record, samples, requests)
        for beside in (source.restarts, source.probes):
            if beside.exists():
                shutil.copyfile(beside, made / beside.name)
    if old is not None:
        shutil.rmtree(old)
    return True


def rescored_from(folder: RunFolder) -> str | None:
    """Return the key of the answers that a folder's answers are; None for answers of its own."""
    record = read_import(folder) if folder.imported.exists() else folder.read_manifest()
    return record.rescored_from


def read_requests(folder: RunFolder) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return (item, body) of each request of a run by its hash; a torn last line is passed over.

    Raises HarnessError for any other line that is none.
    """
    found = {}
    if folder.requests.exists():
        with folder.requests.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if not raw.endswith(b"\n"):
                    break
                try:
                    line = json.loads(raw)
                    found[str(line["sha256"])] = str(line["item"]), dict(line["body"])
                except (ValueError, KeyError, TypeError) as error:
                    where = f"{folder.requests}, line {number}"
                    raise HarnessError("one request per line", f"{error!r}", where=where) from error
    return found


def read_import(folder: RunFolder) -> Import:
    """Return what an import says of itself; raises HarnessError when it is not readable."""
    try:
        return Import.model_validate_json(folder.imported.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise HarnessError("an import", described(error), where=str(folder.imported)) from error


def is_torn(path: Path) -> bool:
    """Return whether the last line of a log was torn by a kill: it has no newline."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
