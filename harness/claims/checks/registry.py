"""What a check is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.claims.desk import Desk
from harness.records import Finding


@dataclass(frozen=True)
class Check:
    """One small pure function, with what a reader may and may not conclude from it."""

    name: str
    shows: str
    cannot_show: str
    run: Callable[[Desk], Iterator[Finding]]

    def described(self) -> dict[str, str]:
        """Return the check's entry in the register."""
        return {"name": self.name, "shows": self.shows, "cannot_show": self.cannot_show}
