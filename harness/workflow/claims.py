"""What the verbs under `claims` do."""

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from harness.claims.check import run_checks
from harness.claims.ledger import load_claims
from harness.claims.names import Names, benchmark_names, subject_names
from harness.claims.revisions import Change, changes
from harness.claims.select import select
from harness.claims.skeleton import Draft, skeleton
from harness.config.settings import project
from harness.errors import UsageError, nearest
from harness.records import Claim, Finding, Source
from harness.workflow.check import desk_of
from harness.workflow.verdicts import load_ledger

__all__ = ["Draft", "changes_between", "claims_with_findings", "write_skeleton"]


def claims_with_findings(glob: str) -> tuple[list[Claim], list[Finding]]:
    """Return the claims that fit and every desk finding on them; raises UsageError when none fits."""
    ledger = load_ledger()
    claims = select(ledger.claims, glob)
    return claims, run_checks(desk_of(ledger), [claim.id for claim in claims]).findings


def changes_between(newer: str, older: str | None) -> list[Change]:
    """Return what changed from one source to another, by default from the one it supersedes.

    Raises UsageError for a source that does not exist, or that supersedes none when none is named.
    """
    claims = load_ledger().claims
    sources = {claim.source.id: claim.source for claim in claims}
    if newer in sources and older is None:
        older = sources[newer].supersedes
        if older is None:
            fix = "name the earlier one: harness claims diff NEWER OLDER"
            raise UsageError("a source that supersedes another", newer, where=f"{newer}, supersedes", fix=fix)
    for name in (newer, older or ""):
        if name not in sources:
            raise UsageError("the id of a source", name, where="command line", fix=nearest(name, sources))
    return changes([c for c in claims if c.source.id == older], [c for c in claims if c.source.id == newer])


def write_skeleton(draft: Draft, folder: Path | None = None) -> Path:
    """Write a new ledger file and return its path; names that resolve are written as ids.

    Raises UsageError, and writes nothing, when the source or its file exists, when kind, model or benchmark is
    unknown, or when the ledger would no longer be valid.
    """
    ledger = load_ledger()
    _check_source(draft, {claim.source.id for claim in ledger.claims})
    subjects, benchmarks = subject_names(ledger.models, ledger.subjects), benchmark_names(ledger.benchmarks)
    of = _known(subjects, draft.of, "model")
    columns = [_known(subjects, name, "model") for name in draft.columns]
    rows = [_known(benchmarks, name, "benchmark") for name in draft.rows]
    root = folder or project().configs / "claims"
    path = root / of / f"{draft.source.replace('-', '_')}.yaml"
    if path.exists():
        raise UsageError("a new file", f"{path} exists", where="command line", fix="choose another source id")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(skeleton(replace(draft, of=of, columns=columns, rows=rows)), encoding="utf-8")
    try:
        load_claims(root, ledger.benchmarks, ledger.models, ledger.subjects)
    except UsageError:
        path.unlink()
        raise
    return path


def _check_source(draft: Draft, sources: set[str]) -> None:
    try:
        Source(id=draft.source, kind=draft.kind, party="first", title=draft.title)
    except ValidationError as error:
        found = "; ".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
        fix = "an id such as k-exaone-card-2026-12; --kind as docs/claims.md lists them"
        raise UsageError("the id and kind of a source", found, where="command line", fix=fix) from error
    if draft.source in sources:
        raise UsageError("a new source", f"{draft.source} exists", where="command line", fix="choose another id")


def _known(names: Names, name: str, what: str) -> str:
    found = names.resolve(name)
    if found is None:
        raise UsageError(f"a known {what}", name, where="command line", fix=nearest(name, names.known()))
    return found
