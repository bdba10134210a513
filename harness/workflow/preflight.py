"""What the verb `preflight` does: which claims can be decided at all, before anything is run."""

from collections.abc import Sequence

from harness.claims.select import select
from harness.config.settings import load_settings
from harness.planning.decidable import Preflight, preflight
from harness.records import Claim
from harness.workflow.verdicts import Ledger, load_ledger


def preflight_ledger(glob: str | None = None) -> list[Preflight]:
    """Return the preflight of every claim of the ledger, or of those that fit `glob`.

    Raises UsageError for a ledger with errors, and when no claim fits.
    """
    ledger = load_ledger()
    return preflights(ledger, ledger.claims if glob is None else select(ledger.claims, glob))


def preflights(ledger: Ledger, claims: Sequence[Claim]) -> list[Preflight]:
    """Return the preflight of each claim.

    Where a source states no cap on tokens, answers count as long as the house protocol lets them be.
    """
    house = load_settings(["protocol=house"]).protocol
    budget = house.max_tokens + house.thinking_tokens
    return [preflight(claim, ledger.benchmarks.get(claim.benchmark or ""), budget) for claim in claims]
