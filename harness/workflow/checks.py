"""What `harness doctor` reports, one line each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One look at the machine."""

    name: str
    ok: bool
    found: str
    fix: str = ""
