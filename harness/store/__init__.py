"""The one owner of every path under results/, and of what is written there."""

from harness.store.layout import RunFolder, Store
from harness.store.samples import SampleLog, read_samples

__all__ = ["RunFolder", "SampleLog", "Store", "read_samples"]
