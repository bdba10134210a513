"""The data set in formats of other tools, written in one go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.claims.select import select
from harness.errors import UsageError, nearest
from harness.records import Claim
from harness.report.exports import FORMATS, Dataset, export
from harness.store import RunFolder, Store
from harness.store.whole import read_requests, whole_folder
from harness.verdicts import RunEvidence
from harness.workflow.check import check_ledger
from harness.workflow.third_party import third_party_scores
from harness.workflow.verdicts import decide_all, load_ledger

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


def export_to(store: Store, formats: Sequence[str], glob: str | None, out: Path) -> list[Written]:
    """Write the claims that fit `glob` and the runs they are about to `out`, and return the files.

    One format lies in `out` itself, several each in a folder of its name. Needs no server and no network; the
    same store and ledger give the same bytes.
    Raises UsageError for a format that nobody knows, a pattern that fits no claim, and a folder with files.
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError(", ".join(FORMATS), name, where="command line", fix=nearest(name, FORMATS))
    data = load_dataset(store, glob, prompts=_WITH_PROMPTS in formats)
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
    decided = decide_all(store, ledger)
    others = third_party_scores(store, ledger)
    claims, runs = list(ledger.claims), decided.runs
    if glob is not None:
        claims = select(ledger.claims, glob)
        about = {pair for claim in claims for pair in _about(claim)}
        runs = [run for run in runs if (run.manifest.identity.model, run.manifest.benchmark) in about]
        others = [score for score in others if (score.model, score.benchmark) in about]
    free = [run for run in runs if ledger.benchmarks[run.manifest.benchmark].redistribution == "free"]
    return Dataset(
        claims=claims,
        verdicts={claim.id: decided.verdicts[claim.id] for claim in claims},
        findings=check_ledger(glob).findings,
        runs=runs,
        benchmarks=ledger.benchmarks,
        models=ledger.models,
        third_party=others,
        prompts={key: text for run in free for key, text in _prompts(store, run).items()} if prompts else {},
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
