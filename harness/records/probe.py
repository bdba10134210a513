"""What a server was found to do before a run trusted it."""

from typing import Literal

from pydantic import Field

from harness.records.base import Record


class ProbeCheck(Record):
    """One look at a server."""

    name: str
    outcome: Literal["passed", "failed", "noted"]
    """`noted`: it does not apply here, or is a figure without a bar."""
    found: str
    fix: str = ""
    """The flag or override that mends it."""


class ProbeReport(Record):
    """All looks at one server, taken in one go before its first answer counts."""

    model: str
    engine_version: str
    started: str
    """ISO 8601, UTC."""
    seconds: float = Field(ge=0)
    checks: list[ProbeCheck]

    @property
    def failed(self) -> list[ProbeCheck]:
        """The checks that speak against the server."""
        return [check for check in self.checks if check.outcome == "failed"]
