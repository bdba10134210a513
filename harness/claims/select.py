"""Pick claims from the ledger by a pattern."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from harness.errors import UsageError, nearest
from harness.records import Claim


def select(claims: Sequence[Claim], glob: str) -> list[Claim]:
    """Return the claims whose id, model or source fits the pattern; raises UsageError when none does."""
    found = [c for c in claims if any(fnmatchcase(name, glob) for name in (c.id, c.model, c.source.id))]
    if not found:
        names = {name for c in claims for name in (c.id, c.model, c.source.id)}
        raise UsageError("a pattern that fits a claim", glob, where="command line", fix=nearest(glob, names))
    return found
