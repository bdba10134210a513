"""What the verbs under `claims` do."""

from pathlib import Path

from harness.claims.check import run_checks
from harness.claims.ledger import load_claims
from harness.claims.names import benchmark_names, subject_names
from harness.claims.revisions import Change, changes
from harness.claims.select import select
from harness.claims.skeleton import Draft, skeleton
from harness.config.settings import project
from harness.errors import UsageError, nearest
from harness.records import Claim, Finding
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

    Raises UsageError when the file exists, a model or benchmark is unknown, or the text would not validate.
    """
    ledger = load_ledger()
    subjects, benchmarks = subject_names(ledger.models, ledger.subjects), benchmark_names(ledger.benchmarks)
    known = {
        name: names.resolve(name)
        for names, given in ((subjects, [draft.of, *draft.columns]), (benchmarks, draft.rows))
        for name in given
    }
    for name, found in known.items():
        if found is None:
            fix = nearest(name, benchmarks.known() if name in draft.rows else subjects.known())
            raise UsageError("a known model or benchmark", name, where="command line", fix=fix)
    of = known[draft.of] or draft.of
    path = (folder or project().configs / "claims") / of / f"{draft.source.replace('-', '_')}.yaml"
    if path.exists():
        raise UsageError("a new file", f"{path} exists", where="command line", fix="choose another source id")
    text = skeleton(
        Draft(
            draft.source,
            of,
            draft.kind,
            draft.title,
            [known[name] or name for name in draft.columns],
            [known[name] or name for name in draft.rows],
        )
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        load_claims(path.parent, ledger.benchmarks, ledger.models, ledger.subjects)
    except UsageError:
        path.unlink()
        raise
    return path
