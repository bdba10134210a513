"""From samples to a verdict: gates, measurement, rule. Pure functions."""

from harness.verdicts.rule import RULE, Context, RunEvidence, SizeEvidence, decide

__all__ = ["RULE", "Context", "RunEvidence", "SizeEvidence", "decide"]
