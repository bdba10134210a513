"""An Atom feed of verdicts that changed, from the history that every verdict keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as Xml

from harness.records import Claim, Verdict
from harness.report.exports.times import atom_time
from harness.report.marks import MARKS

ATOM = "http://www.w3.org/2005/Atom"
TAG = "tag:k-ai-claims-harness,2026:"
"""Begins the permanent ids of RFC 4151; they lead nowhere and never change."""
MOST = 200
"""Entries of a feed; older changes stand on the claims' pages."""
_NEVER_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\ufffd")


@dataclass(frozen=True)
class Change:
    """A claim whose verdict is another than it was."""

    claim: Claim
    number: int
    """Of the claim's changes, from 1."""
    before: str
    after: str
    when: str
    """Of the newest answer behind it, else of the source; never the clock. RFC 3339."""
    measured: float | None


def changes(claims: Sequence[Claim], verdicts: Mapping[str, Verdict]) -> list[Change]:
    """Return every change of a verdict's outcome on record, the newest first."""
    found = [change for claim in claims if claim.id in verdicts for change in _of(claim, verdicts[claim.id])]
    return sorted(found, key=lambda change: (change.when, change.claim.id, change.number), reverse=True)


def feed(
    claims: Sequence[Claim], verdicts: Mapping[str, Verdict], link: Callable[[str], str] | None = None
) -> bytes:
    """Return `feed.xml`; `link` gives the page of a claim by its id, relative to the feed."""
    found = changes(claims, verdicts)[:MOST]
    root = Xml.Element("feed", xmlns=ATOM)
    _child(root, "title", "K-AI claims: verdicts that changed · 바뀐 판정")
    _child(root, "id", f"{TAG}changes")
    _child(root, "updated", found[0].when if found else atom_time(None))
    _child(_child(root, "author"), "name", "K-AI claims harness")
    if link is not None:
        Xml.SubElement(root, "link", rel="self", href="feed.xml")
    for change in found:
        entry = _child(root, "entry")
        _child(entry, "title", f"{change.claim.id}: {_en(change.before)} → {_en(change.after)}")
        _child(entry, "id", f"{TAG}{change.claim.id}/{change.number}")
        _child(entry, "updated", change.when)
        if link is not None:
            Xml.SubElement(entry, "link", rel="alternate", href=link(change.claim.id))
        _child(entry, "content", _told(change, verdicts[change.claim.id])).set("type", "text")
    Xml.indent(root, " ")
    text = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _of(claim: Claim, verdict: Verdict) -> Iterator[Change]:
    states = [(str(s["verdict"]), s["newest"], s["measured"]) for s in verdict.history]
    states.append((verdict.verdict, verdict.newest, verdict.measured))
    number = 0
    for (before, old, _), (after, new, measured) in pairwise(states):
        if before != after:
            number += 1
            when = atom_time(str(new or old or claim.source.date or ""))
            yield Change(claim, number, before, after, when, None if measured is None else float(measured))


def _told(change: Change, verdict: Verdict) -> str:
    claim = change.claim
    value = f" ({verdict.claimed} {claim.unit})" if verdict.claimed else ""
    measured = f"\nmeasured · 측정값: {change.measured:g}" if change.measured is not None else ""
    return (
        f"{claim.says.en}{value}\n{claim.says.ko}{value}\n"
        f"{_en(change.before)} → {_en(change.after)} · {_ko(change.before)} → {_ko(change.after)}{measured}\n"
        f"{claim.source.title}"
    )


def _en(outcome: str) -> str:
    return next((mark.en for name, mark in MARKS.items() if name == outcome), outcome)


def _ko(outcome: str) -> str:
    return next((mark.ko for name, mark in MARKS.items() if name == outcome), outcome)


def _child(parent: Xml.Element, name: str, text: str | None = None) -> Xml.Element:
    child = Xml.SubElement(parent, name)
    child.text = None if text is None else text.translate(_NEVER_XML)
    return child
