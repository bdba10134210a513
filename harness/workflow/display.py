"""The one progress display: live bars on a terminal, plain lines in a batch job."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_PLAIN_SECONDS = 10.0


class Bar:
    """Progress of one piece of work."""

    def __init__(self, console: Console, progress: Progress | None, title: str, total: int, done: int) -> None:
        """`progress` is None where there is no terminal."""
        self._console, self._progress = console, progress
        self.title, self.total, self.done = title, total, done
        self._said = time.monotonic()
        self._task = progress.add_task(title, total=total, completed=done) if progress else None

    def advance(self) -> None:
        """Count one more."""
        self.done += 1
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)
        elif self.done == self.total or time.monotonic() - self._said > _PLAIN_SECONDS:
            self._said = time.monotonic()
            self._console.print(f"{self.title}: {self.done}/{self.total}", markup=False)


class Display:
    """Says what is going on, on standard error: standard output belongs to results."""

    def __init__(self, *, quiet: bool = False) -> None:
        """`quiet` says nothing at all."""
        self.console = Console(stderr=True, quiet=quiet, highlight=False)

    def say(self, text: str) -> None:
        """Print one line."""
        self.console.print(f"· {text}", markup=False, soft_wrap=True)

    @contextmanager
    def bar(self, title: str, total: int, done: int = 0) -> Iterator[Bar]:
        """Show the progress of `total` steps, `done` of which were done before."""
        if not self.console.is_terminal:
            yield Bar(self.console, None, title, total, done)
            return
        columns = [TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
        with Progress(*columns, console=self.console, transient=False) as progress:
            yield Bar(self.console, progress, title, total, done)

    @contextmanager
    def waiting(self, title: str) -> Iterator[None]:
        """Show that something long is going on."""
        if self.console.is_terminal:
            with self.console.status(f"{title} …"):
                yield
        else:
            self.console.print(f"{title} …")
            yield
