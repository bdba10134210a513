"""A run before it is made."""

from harness.records.base import GroupedId, Id, Record


class PlannedRun(Record):
    """One model on one benchmark under one protocol; several claims may share it."""

    model: Id
    suite: GroupedId
    """One that holds the benchmark; what a run is does not depend on it."""
    benchmark: Id
    protocol: GroupedId
    items: int | None
    """Evenly spaced over the benchmark's; None takes all, however many they are."""
    repeats: int | None
    """None where that follows from a number of items that is known once they are at hand."""
    claims: list[str]
    """Ids of the claims that it is for, in the ledger's order."""
