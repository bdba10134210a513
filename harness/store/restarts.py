"""Why servers were started again, kept beside the answers of the run that they served."""

from collections.abc import Sequence

from harness.records import Restart
from harness.store.layout import RunFolder


def note_restart(folders: Sequence[RunFolder], restart: Restart) -> None:
    """Append `restart` to every run that the server worked for."""
    for folder in folders:
        with folder.restarts.open("a", encoding="utf-8") as file:
            file.write(restart.model_dump_json() + "\n")


def read_restarts(folder: RunFolder) -> list[Restart]:
    """Return the restarts of a run, oldest first."""
    if not folder.restarts.exists():
        return []
    lines = folder.restarts.read_text(encoding="utf-8").splitlines()
    return [Restart.model_validate_json(line) for line in lines]
