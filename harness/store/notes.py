"""What befell the servers of a run, kept beside its answers: a line each, append-only."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.records import ProbeReport, Record, Restart
from harness.store.layout import RunFolder


def note_restart(folders: Sequence[RunFolder], restart: Restart) -> None:
    """Append `restart` to every run that the server worked for."""
    _append((folder.restarts for folder in folders), restart)


def note_probe(folders: Sequence[RunFolder], report: ProbeReport) -> None:
    """Append `report` to every run that the server is to work for."""
    _append((folder.probes for folder in folders), report)


def read_probes(folder: RunFolder) -> list[ProbeReport]:
    """Return the probes of a run, oldest first."""
    lines = folder.probes.read_text(encoding="utf-8").splitlines() if folder.probes.exists() else []
    return [ProbeReport.model_validate_json(line) for line in lines]


def _append(paths: Iterable[Path], record: Record) -> None:
    for path in paths:
        with path.open("a", encoding="utf-8") as file:
            file.write(record.model_dump_json() + "\n")
