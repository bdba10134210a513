"""The data set in formats of other tools, written in one go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.claims.check import run_checks
from harness.claims.select import select
from harness.errors import UsageError, nearest
from harness.records import Claim, Finding
from harness.report.exports import FORMATS, Dataset, export
from harness.store import RunFolder, Store
from harness.store.whole import read_requests, whole_folder
from harness.verdicts import RunEvidence
from harness.workflow.check import desk_of
from harness.workflow.third_party import third_party_scores
from harness.workflow.verdicts import Decided, Ledger, decide_all, load_ledger

_WITH_PROMPTS = "every-eval-ever"
"""The only format that says what was asked."""


@dataclass(frozen=True)
class Written:
    """A file of an export."""

    path: str
    """Relative to the export's folder."""
    size: int
    """Bytes."""
    sha256: str


def export_store(store: Store, formats: Sequence[str], glob: str | None, out: Path) -> list[Written]:
    """Write the claims that fit `glob` and the runs they are about to `out`, and return the files.

    Needs no server and no network; the same store and ledger give the same bytes.
    Raises UsageError for a format that nobody knows, a pattern that fits no claim, and a folder with files.
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError(", ".join(FORMATS), name, where="command line", fix=nearest(name, FORMATS))
    return write_export(load_dataset(store, glob, prompts=_WITH_PROMPTS in formats), formats, out)


def write_export(data: Dataset, formats: Sequence[str], out: Path) -> list[Written]:
    """Write a data set to `out`, one format into the folder itself, several each into a folder of its name.

    Raises UsageError for a folder with files.
    """
    files = FORMATS[formats[0]].files(data) if len(formats) == 1 else export(data, formats)
    with whole_folder(out) as made:
        for path, content in files.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(content)
    return [
        Written(path, len(content), hashlib.sha256(content).hexdigest()) for path, content in sorted(files.items())
    ]


def load_dataset(store: Store, glob: str | None = None, *, prompts: bool = False) -> Dataset:
    """Return the claims that fit `glob` (None: all), how they stand, and the runs and imports on the same models
    and benchmarks; `prompts` also reads what was asked where the items are free.

    Raises UsageError when no claim fits.
    """
    ledger = load_ledger()
    data = dataset_of(store, ledger, decide_all(store, ledger), run_checks(desk_of(ledger)).findings)
    if glob is not None:
        data = _narrowed(data, select(ledger.claims, glob))
    if not prompts:
        return data
    free = {name for name, benchmark in data.benchmarks.items() if benchmark.redistribution == "free"}
    runs = [run for run in data.runs if run.manifest.benchmark in free]
    return replace(data, prompts={key: text for run in runs for key, text in _prompts(store, run).items()})


def dataset_of(store: Store, ledger: Ledger, decided: Decided, findings: Sequence[Finding]) -> Dataset:
    """Return the whole data set of decided claims, with what others measured."""
    return Dataset(
        claims=decided.claims,
        verdicts=decided.verdicts,
        findings=findings,
        runs=decided.runs,
        benchmarks=decided.benchmarks,
        models=ledger.models,
        third_party=third_party_scores(store, ledger),
    )


def _narrowed(data: Dataset, claims: Sequence[Claim]) -> Dataset:
    """Return the part of a data set that some claims are about."""
    ids = {claim.id for claim in claims}
    about = {pair for claim in claims for pair in _about(claim)}
    return replace(
        data,
        claims=claims,
        verdicts={name: verdict for name, verdict in data.verdicts.items() if name in ids},
        findings=[finding for finding in data.findings if ids & set(finding.claims)],
        runs=[run for run in data.runs if (run.manifest.identity.model, run.manifest.benchmark) in about],
        third_party=[score for score in data.third_party if (score.model, score.benchmark) in about],
    )


def _about(claim: Claim) -> list[tuple[str | None, str | None]]:
    return [(name, claim.benchmark) for name in (claim.model, *claim.comparators)]


def _prompts(store: Store, run: RunEvidence) -> dict[str, str]:
    folder = RunFolder(store.root / Path(run.folder).relative_to("results"))
    return {key: _text(body) for key, (_, body) in read_requests(folder).items()}


def _text(body: dict[str, Any]) -> str:
    """Return what a request asked, as text: of a conversation every turn with its role, unless it is one alone."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        prompt = body.get("prompt", "")
        return prompt if isinstance(prompt, str) else ""
    turns = [(str(m.get("role")), _content(m.get("content"))) for m in messages]
    return turns[0][1] if len(turns) == 1 else "\n\n".join(f"{role}: {content}" for role, content in turns)


def _content(content: Any) -> str:
    """Return the text of a message; of one with images, its text parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if part.get("type") == "text")
