"""Logs of other harnesses, read into answers to items: one file per format."""

from harness.evaluation.imports.detect import READERS, FoundLog, find_logs
from harness.evaluation.imports.log import ForeignAnswer, ForeignItem, ForeignLog

__all__ = ["READERS", "ForeignAnswer", "ForeignItem", "ForeignLog", "FoundLog", "find_logs"]
