"""What other harnesses' logs in the store say about the models and benchmarks of the ledger."""

from harness.report.third_party import ThirdPartyScore, scores_of
from harness.store import Store, read_samples
from harness.store.whole import read_import
from harness.workflow.verdicts import Ledger


def third_party_scores(store: Store, ledger: Ledger) -> list[ThirdPartyScore]:
    """Return the scores of every import below results/imports/; raises HarnessError for a broken one."""
    return [
        score
        for folder in store.imports()
        for score in scores_of(
            store.relative(folder.path),
            read_import(folder),
            read_samples(folder.samples),
            ledger.models,
            ledger.benchmarks,
            ledger.subjects,
        )
    ]
