"""The table of how fast servers answered: a line per command that asked any, append-only."""

import os
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock
from pydantic import ValidationError

from harness.records import Throughput


def note_throughput(path: Path, line: Throughput) -> None:
    """Append a line, after a newline where a kill tore the last one; several jobs may write at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")), path.open("a+b") as file:
        size = file.seek(0, os.SEEK_END)
        torn = b""
        if size:
            file.seek(size - 1)
            torn = b"" if file.read(1) == b"\n" else b"\n"
        file.write(torn + line.model_dump_json().encode() + b"\n")


def read_throughput(paths: Iterable[Path]) -> list[Throughput]:
    """Return the lines of all tables that exist, in their order.

    A line that is none (torn by a kill, or of another version) is passed over: what is left is only less to
    estimate from.
    """
    found: list[Throughput] = []
    for path in paths:
        for line in path.read_bytes().split(b"\n") if path.exists() else ():
            try:
                found.append(Throughput.model_validate_json(line))
            except ValidationError:
                continue
    return found
