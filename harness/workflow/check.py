"""What the verb `check` does: the whole ledger, every check, one report."""

from harness.claims.check import Report, run_checks
from harness.claims.checks import CHECKS
from harness.claims.desk import Desk
from harness.claims.select import select
from harness.workflow.verdicts import Ledger, load_ledger

__all__ = ["CHECKS", "check_ledger", "desk_of"]


def desk_of(ledger: Ledger) -> Desk:
    """Return the ledger laid out for the checks."""
    return Desk(ledger.claims, ledger.benchmarks, ledger.subjects, ledger.models)


def check_ledger(glob: str | None = None) -> Report:
    """Return every desk finding of the project's ledger, or those that touch the claims that fit `glob`.

    Raises UsageError for a ledger with errors, and when no claim fits.
    """
    ledger = load_ledger()
    selected = None if glob is None else [claim.id for claim in select(ledger.claims, glob)]
    return run_checks(desk_of(ledger), selected)
