"""BibTeX: the sources that claims are read from, and the harness itself."""

import re

import harness
from harness.records import Source
from harness.report.exports.dataset import Dataset, Files

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_KINDS = {
    "press": "press article",
    "model_card": "model card",
    "readme": "README",
    "tech_report": "technical report",
    "code": "source code",
    "maker_page": "page of the maker",
    "third_party": "third party's evaluation",
    "dispute": "dispute",
    "evaluation_round": "evaluation round",
}


def bibtex(data: Dataset) -> Files:
    """Return `sources.bib`: an entry per source of the claims, in UTF-8, and one for the harness."""
    sources = {claim.source.id: claim.source for claim in data.claims}
    entries = [_harness(), *(_source(sources[name], data) for name in sorted(sources))]
    return {"sources.bib": "\n".join(entries).encode()}


def _source(source: Source, data: Dataset) -> str:
    maker = data.models.get(source.of or "")
    date = source.date or ""
    return _entry(
        "misc",
        source.id,
        {
            "title": _braced(source.title),
            "author": _braced(maker.developer) if maker and source.party == "first" else None,
            "year": date[:4] or None,
            "month": date[5:7].lstrip("0") or None,
            "date": date or None,
            "howpublished": _plain(_KINDS[source.kind]),
            "url": _address(source.url) if source.url else None,
            "note": _plain(f"revision {source.revision}") if source.revision else None,
        },
    )


def _harness() -> str:
    return _entry(
        "software",
        "k-ai-claims-harness",
        {
            "title": _braced("K-AI claims harness"),
            "author": _braced("K-AI claims harness contributors"),
            "version": harness.__version__,
            "note": "Published claims about language models against measurement",
        },
    )


def _entry(kind: str, key: str, fields: dict[str, str | None]) -> str:
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value is not None]
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"


def _braced(text: str) -> str:
    """Return text whose capitals a style must not change."""
    return f"{{{_plain(text)}}}"


def _plain(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in " ".join(text.split()))


def _address(url: str) -> str:
    """Return an address as it is, but for characters that would end the field."""
    return re.sub(r"[{}\\\s]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
