"""Write the static site: only the pages whose inputs changed, and none that nothing leads to any more."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import harness.report
from harness.claims.check import run_checks
from harness.claims.checks import CHECKS
from harness.config.settings import load_site, project
from harness.planning.measuring import missing_for, plan_for
from harness.planning.plan import Plan
from harness.records import Finding
from harness.report.site import (
    ASSETS,
    LANGUAGES,
    CampaignRecords,
    JobRecords,
    Material,
    Page,
    Renderer,
    card_path,
    downloads,
    faces,
    listed,
    pages,
    png,
    scripts,
)
from harness.store import Store
from harness.store.campaigns import CampaignFolder, campaigns
from harness.workflow.check import desk_of
from harness.workflow.plan import plan, settings_of, wanted_by
from harness.workflow.third_party import third_party_scores
from harness.workflow.verdicts import Decided, Ledger

STATE = ".built.json"
"""What the pages of a folder were made from: digests by path."""


@dataclass(frozen=True)
class Built:
    """A site that was written."""

    first: Path
    pages: int
    written: int
    """Files that were written; the others were the same."""


def build_site(store: Store, ledger: Ledger, decided: Decided, out: Path | None = None) -> Built:
    """Check the ledger on paper and write the site into `out`, results/site where none is named."""
    findings = run_checks(desk_of(ledger)).findings
    return write_site(material(store, ledger, decided, findings), out or store.site)


def material(store: Store, ledger: Ledger, decided: Decided, findings: Sequence[Finding]) -> Material:
    """Return what the pages are computed from."""
    reproduce = {}
    for claim in ledger.claims:
        benchmark = ledger.benchmarks.get(claim.benchmark or "")
        if "measured" in claim.lanes and missing_for(claim, benchmark, ledger.models, ledger.suites) is None:
            reproduce[claim.id] = plan_for(claim, benchmark, ledger.models, ledger.suites)[1].en
    settings = load_site(project().configs)
    return Material(
        claims=decided.claims,
        verdicts=decided.verdicts,
        settings=settings,
        models=ledger.models,
        benchmarks=ledger.benchmarks,
        subjects=ledger.subjects,
        runs=decided.runs,
        findings=findings,
        checks=CHECKS,
        vendors=decided.vendors,
        after_holm=decided.after_holm,
        audit=store.read_audit(),
        third_party=third_party_scores(store, ledger),
        reproduce=reproduce,
        planned=planned(store, ledger, settings.cluster),
        campaigns=[records_of(folder) for folder in campaigns(store)],
    )


def planned(store: Store, ledger: Ledger, cluster: str) -> Plan:
    """Return the runs that would decide the claims, and what they cost on a cluster, as `harness plan` does."""
    wanted = wanted_by([f"cluster={cluster}"])
    settings = settings_of(wanted).model_copy(update={"results": str(store.root)})
    return plan(wanted, settings, ledger)


def records_of(folder: CampaignFolder) -> CampaignRecords:
    """Return what a campaign's folder holds; raises HarnessError for a plan that cannot be read."""
    campaign = folder.read_plan()
    submitted = {job for one in folder.read_submissions() for job in one.jobs}
    jobs = [
        JobRecords(
            job,
            folder.read_attempts(job.id),
            folder.read_progress(job.id),
            folder.read_surrender(job.id),
            submitted=job.id in submitted,
        )
        for job in campaign.jobs
    ]
    return CampaignRecords(campaign, jobs)


def write_site(found: Material, out: Path) -> Built:
    """Write the site into `out`; the same material gives the same bytes, whatever stood there before.

    A page is made anew when its data or the code of the pages changed; what no page is any more is removed. Files
    that the site did not write stay.
    """
    code = _code()
    before = _state(out)
    # Gone until the end: after a build that was cut short everything is written anew.
    (out / STATE).unlink(missing_ok=True)
    state: dict[str, str] = {}
    written = 0
    draw = Renderer(found.settings)
    told = sha256(code + found.settings.model_dump_json().encode()).digest()

    def put(name: str, digest: str, content: str | bytes) -> int:
        path = out / name
        state[name] = digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes(content))
        return 1

    def put_cards(page: Page) -> int:
        """Draw a page's cards whose contents changed; return how many."""
        drawn = 0
        for language in LANGUAGES if page.card else ():
            name = card_path(page, language)
            digest = sha256(told + f"{page.card} {faces()}".encode()).hexdigest()[:32]
            if before.get(name) == digest and (out / name).exists():
                state[name] = digest
            elif page.card:
                drawn += put(name, digest, png(draw.card(page.card, language, faces())))
        return drawn

    number = 0
    files = downloads(found)
    for page in pages(found, listed(files)):
        number += 1
        written += put_cards(page)
        twin = page.twin
        names = [f"data/{page.path}.json", *(f"{language}/{page.path}.html" for language in LANGUAGES)]
        digest = sha256(told + twin.encode()).hexdigest()[:32]
        if all(before.get(name) == digest and (out / name).exists() for name in names):
            state |= dict.fromkeys(names, digest)
            continue
        written += put(names[0], digest, twin)
        for language, name in zip(LANGUAGES, names[1:], strict=True):
            written += put(name, digest, draw.html(page, language))
    rest: dict[str, str | bytes] = {
        "index.html": draw.root(),
        **{f"assets/{name}": text for name, text in ASSETS.items()},
        **dict(scripts(found)),
        **{file.path: file.content for file in files},
    }
    for name, content in rest.items():
        digest = sha256(_bytes(content)).hexdigest()[:32]
        if before.get(name) == digest and (out / name).exists():
            state[name] = digest
        else:
            written += put(name, digest, content)
    for name in before.keys() - state.keys():
        (out / name).unlink(missing_ok=True)
    (out / STATE).write_text(json.dumps(dict(sorted(state.items())), indent=0) + "\n", encoding="utf-8")
    return Built(out / "index.html", number, written)


def serve_site(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the site on this machine alone; `serve_forever` starts it."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def _state(out: Path) -> dict[str, str]:
    """Return what an earlier build noted; nothing where there is none, or it cannot be read."""
    try:
        found = json.loads((out / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _code() -> bytes:
    """Return a digest of everything that makes pages out of data: code, templates, words."""
    found = sha256(harness.__version__.encode())
    for item in _files(files(harness.report)):
        found.update(item.name.encode() + b"\0" + item.read_bytes())
    return found.digest()


def _files(folder: Traversable) -> Iterator[Traversable]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name != "__pycache__":
            yield from _files(item)
        elif item.is_file():
            yield item
