"""From samples to a verdict: gates, measurement, rule. Pure functions."""

from harness.verdicts.evidence import Evidence
from harness.verdicts.judge import RULE, judge
from harness.verdicts.ledger import Context, SizeEvidence, decide
from harness.verdicts.protocols import Judged, combine
from harness.verdicts.runs import RunEvidence
from harness.verdicts.table import ScoreTable

__all__ = [
    "RULE",
    "Context",
    "Evidence",
    "Judged",
    "RunEvidence",
    "ScoreTable",
    "SizeEvidence",
    "combine",
    "decide",
    "judge",
]
