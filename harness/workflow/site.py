"""Write the static site from decided claims."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from harness.records import Finding
from harness.report.site import pages
from harness.store import Store
from harness.store.files import write_atomic
from harness.workflow.verdicts import Decided


def build_site(store: Store, decided: Decided, findings: Sequence[Finding]) -> Path:
    """Write the pages and return the path of the first one; the same input gives the same bytes."""
    shutil.rmtree(store.site, ignore_errors=True)
    files = pages(decided.claims, decided.verdicts, decided.runs, decided.benchmarks, decided.names, findings)
    for name, text in files.items():
        write_atomic(store.site / name, text)
    return store.site / "index.html"
