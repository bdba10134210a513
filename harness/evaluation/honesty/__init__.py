"""Is the server what it is said to be? Asked once after every start, before any answer counts."""

from harness.evaluation.honesty.run import probe
from harness.evaluation.honesty.subject import Subject

__all__ = ["Subject", "probe"]
