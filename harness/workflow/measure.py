"""From settings to verdicts and pages on this machine: what the verbs `demo` and `run` do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from harness.config.settings import Settings
from harness.evaluation.language import language_rate
from harness.records import Benchmark, Claim, Verdict
from harness.store import open_store
from harness.verdicts import RunEvidence
from harness.workflow.display import Display
from harness.workflow.run import RunReport, run_suites
from harness.workflow.site import build_site
from harness.workflow.verdicts import decide_all, load_ledger, settles


@dataclass(frozen=True)
class Measured:
    """What a run brought: verdicts on the model's claims, and where to look."""

    report: RunReport
    claims: list[Claim]
    verdicts: list[Verdict]
    site: str | None
    """First page; None where no pages were asked for."""
    not_korean: dict[str, float]
    """Share of answers in another language, by run, where a benchmark asks in Korean."""


def measure(settings: Settings, display: Display, *, fresh: bool = False, pages: bool = False) -> Measured:
    """Run the suite, decide the ledger, with `pages` build the site; return how the model's claims stand.

    `fresh` sets earlier answers of these runs aside first. Raises what `load_ledger` and `run_suites` raise.
    """
    store = open_store(settings)
    ledger = load_ledger()  # before hours of work, not after
    report = run_suites([settings], display, fresh=fresh, settled=partial(settles, ledger))
    decided = decide_all(store, ledger)
    site = str(build_site(store, ledger, decided).first) if pages else None
    claims = [claim for claim in decided.claims if claim.model == settings.model.id]
    verdicts = [decided.verdicts[claim.id] for claim in claims]
    runs = [run for run in decided.runs if run.folder in report.folders]
    return Measured(report, claims, verdicts, site, not_korean(runs, decided.benchmarks))


def not_korean(runs: Iterable[RunEvidence], benchmarks: Mapping[str, Benchmark]) -> dict[str, float]:
    """Return the share of answers in another language, by run; only of benchmarks that ask in Korean."""
    korean = [run for run in runs if "korean" in benchmarks[run.manifest.benchmark].capability]
    rates = {run.folder: language_rate(run.samples) for run in korean}
    return {folder: rate for folder, rate in rates.items() if rate is not None}
