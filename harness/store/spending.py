"""What was spent on a hosted model: written down before it is spent, so that no kill can hide it."""

import json
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from harness.errors import HarnessError
from harness.store.files import write_atomic


class Spending:
    """Append-only account of one model; holds a lock, so that two commands never share a cap."""

    def __init__(self, path: Path) -> None:
        """Open the account and add up what stands in it; raises HarnessError when another command has it open.

        A reservation that was never settled (the command was killed) counts in full.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(path.with_suffix(".lock"))
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise HarnessError(
                expected="no other command spending on this model",
                found="its lock is held",
                where=str(path),
                fix="wait for the other run to end, or end it",
            ) from error
        self._entries: dict[int, float] = {}
        self.dollars = 0.0
        """All that was spent or is reserved."""
        if path.exists():
            text = path.read_text(encoding="utf-8")
            whole = text[: text.rfind("\n") + 1]
            if whole != text:  # torn by a kill: what it would have allowed was not sent
                write_atomic(path, whole)
            for line in whole.splitlines():
                entry = json.loads(line)
                self._enter(entry["request"], entry["dollars"])
        self._file = path.open("a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._lock.release()

    def reserve(self, dollars: float) -> int:
        """Write a reservation down and return its number; only then may the request be sent."""
        number = len(self._entries)
        self._write(number, dollars)
        return number

    def settle(self, number: int, dollars: float) -> None:
        """Replace a reservation by what the request has cost."""
        self._write(number, dollars)

    def _write(self, number: int, dollars: float) -> None:
        self._file.write(json.dumps({"request": number, "dollars": dollars}) + "\n")
        self._file.flush()
        self._enter(number, dollars)

    def _enter(self, number: int, dollars: float) -> None:
        self.dollars += dollars - self._entries.get(number, 0.0)
        self._entries[number] = dollars
