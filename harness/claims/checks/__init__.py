"""The checks, each a small pure function; `harness check --list` prints this register."""

from harness.claims.checks.agreement import CHECKS as AGREEMENT
from harness.claims.checks.comparisons import CHECKS as COMPARISONS
from harness.claims.checks.derived import CHECKS as DERIVED
from harness.claims.checks.digits import CHECKS as DIGITS
from harness.claims.checks.facts import CHECKS as FACTS
from harness.claims.checks.press import CHECKS as PRESS
from harness.claims.checks.registry import Check

CHECKS: tuple[Check, ...] = (
    *DERIVED,
    *COMPARISONS,
    *PRESS,
    *AGREEMENT,
    *DIGITS,
    *FACTS,
)
"""In the order of the report."""
