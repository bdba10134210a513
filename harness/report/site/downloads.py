"""The data set and the feed as files beside the pages; what may not be passed on is in none of them."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from harness.report.exports import FORMATS, Dataset, Files, feed
from harness.report.site.entries import claim_path
from harness.report.site.shelf import Material

LOOSE = frozenset({"parquet", "csv", "bibtex"})
"""Formats of a few files, which are read one by one; the others are archives."""
ELSEWHERE = frozenset({"every-eval-ever"})
"""Formats of a file per published score, which would take a third of the time that a build has for one verdict."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time of a file in an archive: the same input gives the same bytes."""


@dataclass(frozen=True)
class Download:
    """A file beside the pages."""

    format: str
    """Of the exports."""
    path: str
    """Below the site."""
    content: bytes


def downloads(material: Material) -> list[Download]:
    """Return every file to download; a format of ELSEWHERE, or without anything in it, has none."""
    data = Dataset(
        claims=material.claims,
        verdicts=material.verdicts,
        findings=material.findings,
        runs=material.runs,
        benchmarks=material.benchmarks,
        models=material.models,
        third_party=material.third_party,
    )
    found = []
    for name, each in FORMATS.items():
        if name in ELSEWHERE:
            continue
        if name == "atom":
            content = feed(data.claims, data.verdicts, lambda claim: _claim_page(material, claim))
            found.append(Download(name, "feed.xml", content))
            continue
        files = each.files(data)
        if name in LOOSE:
            found += [Download(name, f"downloads/{name}/{path}", file) for path, file in sorted(files.items())]
        elif files:
            found.append(Download(name, f"downloads/{name}.zip", _archive(files)))
    return found


def listed(files: Iterable[Download]) -> list[dict[str, Any]]:
    """Return what the data page says of the files, by format; sizes in bytes."""
    by_format: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        told = {"path": file.path, "name": file.path.rpartition("/")[2], "bytes": len(file.content)}
        by_format.setdefault(file.format, []).append(told)
    return [
        {"format": name, "says": {"en": FORMATS[name].en, "ko": FORMATS[name].ko}, "files": of_format}
        for name, of_format in by_format.items()
    ]


def _claim_page(material: Material, claim: str) -> str:
    return f"{material.settings.address or ''}en/{claim_path(claim)}.html"


def _archive(files: Files) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, content in sorted(files.items()):
            info = zipfile.ZipInfo(path, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return sink.getvalue()
