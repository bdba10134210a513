"""Write the static site from decided claims."""

import shutil
from pathlib import Path

from harness.report.site import pages
from harness.store import Store
from harness.store.files import write_atomic
from harness.workflow.verdicts import Decided, decide_all


def build_site(store: Store, decided: Decided | None = None) -> Path:
    """Write the pages and return the path of the first one; the same input gives the same bytes."""
    found = decided or decide_all(store)
    shutil.rmtree(store.site, ignore_errors=True)
    for name, text in pages(found.claims, found.verdicts, found.runs, found.benchmarks).items():
        write_atomic(store.site / name, text)
    return store.site / "index.html"
