"""What servers were found to do, kept beside the answers of the run that trusted them."""

from collections.abc import Sequence

from harness.records import ProbeReport
from harness.store.layout import RunFolder


def note_probe(folders: Sequence[RunFolder], report: ProbeReport) -> None:
    """Append `report` to every run that the server is to work for."""
    for folder in folders:
        with folder.probes.open("a", encoding="utf-8") as file:
            file.write(report.model_dump_json() + "\n")


def read_probes(folder: RunFolder) -> list[ProbeReport]:
    """Return the probes of a run, oldest first."""
    if not folder.probes.exists():
        return []
    lines = folder.probes.read_text(encoding="utf-8").splitlines()
    return [ProbeReport.model_validate_json(line) for line in lines]
