"""Stored answers scored by the task as it is now: no server, and no stored answer is touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import HarnessError, UsageError
from harness.store import RunFolder
from harness.store.whole import rescored_from
from harness.workflow.display import Display
from harness.workflow.rescore_import import rescore_import
from harness.workflow.rescore_run import rescore_run
from harness.workflow.rescored import Rescored


@dataclass(frozen=True)
class Rescoring:
    """What scoring several folders of answers anew brought."""

    done: list[Rescored]
    failed: dict[str, HarnessError]
    """By folder."""


def rescore(path: Path, task: str | None, overrides: Sequence[str], display: Display) -> Rescoring:
    """Score the answers at `path`, or in every folder below it, anew, and return what that changed.

    One folder that fails does not keep the others. Raises UsageError when there is none, and what the only one
    raises.
    """
    folders = folders_of(path)
    done: list[Rescored] = []
    failed: dict[str, HarnessError] = {}
    for folder in folders:
        try:
            if folder.imported.exists():
                done.append(rescore_import(folder, task, overrides, display))
            else:
                done.append(rescore_run(folder, task, overrides, display))
        except HarnessError as error:
            if len(folders) == 1:
                raise
            failed[str(folder.path)] = error
    return Rescoring(done, failed)


def folders_of(path: Path) -> list[RunFolder]:
    """Return the folder of answers at `path`, or those below it that are not another one's answers rescored.

    Raises UsageError when there is none.
    """
    if _holds_answers(path):
        return [RunFolder(path)]
    below = [
        RunFolder(found.parent) for found in sorted(path.rglob("samples.jsonl")) if _holds_answers(found.parent)
    ]
    keys = {folder.path.name for folder in below}
    found = [folder for folder in below if rescored_from(folder) not in keys]
    if not found:
        raise UsageError(
            expected="a folder with samples.jsonl beside manifest.json or import.json, or one above such folders",
            found="none below it" if path.exists() else "nothing there",
            where=str(path),
            fix="runs lie in results/runs/; harness import brings in another harness's log",
        )
    return found


def _holds_answers(path: Path) -> bool:
    folder = RunFolder(path)
    return folder.samples.exists() and (folder.manifest.exists() or folder.imported.exists())
