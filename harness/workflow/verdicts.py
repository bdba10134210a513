"""Decide every claim of the ledger from what the store holds; no server, no network."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import harness
from harness.claims.ledger import load_claims
from harness.claims.names import subject_names
from harness.config.settings import load_benchmarks, load_models, load_subjects, load_suites, project
from harness.planning.measuring import plan_for
from harness.records import Benchmark, Claim, Manifest, Model, Outcome, Sample, Subject, Suite, Verdict
from harness.store import Store, read_samples
from harness.verdicts import Context, RunEvidence, SizeEvidence, decide
from harness.verdicts.families import Vendor, after_holm, by_vendor


@dataclass(frozen=True)
class Ledger:
    """The claims, and the configs that say how they can be measured."""

    claims: list[Claim]
    benchmarks: dict[str, Benchmark]
    models: dict[str, Model]
    suites: dict[str, Suite]
    subjects: dict[str, Subject]


@dataclass(frozen=True)
class Decided:
    """The ledger, how it stands, and the runs it stands on."""

    claims: list[Claim]
    verdicts: dict[str, Verdict]
    runs: list[RunEvidence]
    benchmarks: dict[str, Benchmark]
    names: dict[str, str]
    """What claims are about, by id."""
    after_holm: dict[str, Outcome]
    """Measured claims' verdicts when their model's claims are tested together."""
    vendors: list[Vendor]
    """How far makers' scores are off, measured minus claimed."""


def load_ledger() -> Ledger:
    """Return the project's ledger; raises UsageError with everything that is wrong with it."""
    configs = project().configs
    benchmarks, models = load_benchmarks(configs), load_models(configs)
    subjects = load_subjects(configs)
    claims = load_claims(configs / "claims", benchmarks, models, subjects)
    return Ledger(claims, benchmarks, models, load_suites(configs), subjects)


def decide_all(store: Store, ledger: Ledger) -> Decided:
    """Return and write the verdict on every claim; the same store and ledger give the same bytes.

    Raises HarnessError for a broken log.
    """
    runs: dict[str, dict[str, list[RunEvidence]]] = defaultdict(lambda: defaultdict(list))
    held = [(folder, folder.read_manifest()) for folder in store.runs()]
    newest: dict[tuple[str, str, str], int] = {}
    for _, manifest in held:
        newest[manifest.answers] = max(manifest.rescoring, newest.get(manifest.answers, 0))
    for folder, manifest in held:
        if manifest.rescoring < newest[manifest.answers]:
            continue  # the same answers count once, with their newest scores
        samples = read_samples(folder.samples)
        if samples:
            found = RunEvidence(manifest, samples, store.relative(folder.path))
            runs[manifest.benchmark][manifest.identity.model].append(found)
    verdicts = {}
    for claim in ledger.claims:
        benchmark = ledger.benchmarks.get(claim.benchmark or "")
        why, how = plan_for(claim, benchmark, ledger.models, ledger.suites)
        size = store.read_size(claim.model)
        verdict = decide(
            claim,
            runs.get(claim.benchmark or "", {}),
            SizeEvidence(*size) if size else None,
            Context(benchmark, why, how, harness.__version__),
        )
        verdicts[claim.id] = store.write_verdict(verdict)
    evidence = [run for models in runs.values() for group in models.values() for run in group]
    names = dict(subject_names(ledger.models, ledger.subjects).ids)
    pairs = [(claim, verdicts[claim.id]) for claim in ledger.claims]
    developers = {model.id: model.developer for model in ledger.models.values()}
    vendors = by_vendor(pairs, developers)
    return Decided(ledger.claims, verdicts, evidence, ledger.benchmarks, names, after_holm(pairs), vendors)


def settles(ledger: Ledger, manifest: Manifest, samples: Sequence[Sample], folder: str) -> bool:
    """Return whether a run's answers settle every claim on its model and benchmark: no more repeats would help."""
    run = RunEvidence(manifest, samples, folder)
    model = manifest.identity.model
    for claim in ledger.claims:
        if claim.model == model and claim.benchmark == manifest.benchmark:
            context = Context(ledger.benchmarks[manifest.benchmark])
            if decide(claim, {model: [run]}, None, context).more_repeats is not None:
                return False
    return True
