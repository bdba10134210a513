"""The one owner of every path under results/, and of what is written there."""

from harness.store.layout import RunFolder, Store, open_store
from harness.store.samples import SampleLog, read_samples
from harness.store.score_lines import metrics_in, read_scores

__all__ = ["RunFolder", "SampleLog", "Store", "metrics_in", "open_store", "read_samples", "read_scores"]
