"""Decide one claim from files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

import harness
from harness.claims.yaml_lines import DuplicateKeyError, line_of, read_yaml
from harness.errors import UsageError, described
from harness.records import Manifest, Terms, Verdict
from harness.store import RunFolder, read_scores
from harness.verdicts import Evidence, Judged, ScoreTable, combine, judge

MAIN = "main"
"""The protocol of `--samples`."""
PAIRED = frozenset({"exceeds", "ratio"})
"""Kinds that compare with one other model."""


def read_terms(path: Path) -> Terms:
    """Return the claim in a YAML or JSON file; raises UsageError with file and line when it is none."""
    example = 'a claim, such as {id: a, kind: score, value: "73.0", unit: percent}'
    try:
        data, lines = read_yaml(path.read_text(encoding="utf-8"))
        return Terms.model_validate(data)
    except OSError as error:
        raise UsageError(example, f"{error.strerror}", where=str(path)) from error
    except (yaml.YAMLError, DuplicateKeyError, UnicodeDecodeError) as error:
        raise UsageError(example, " ".join(str(error).split()), where=str(path)) from error
    except RecursionError as error:
        raise UsageError(example, "a value inside itself, or far too deep", where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        at = tuple(part for part in first["loc"])
        quoted = first["type"] == "string_type" and at == ("value",)
        none = data if data is None or isinstance(data, dict) else type(data).__name__
        raise UsageError(
            example,
            described(error) if isinstance(data, dict) else f"{none or 'nothing'} in place of keys and values",
            where=f"{path}, line {line_of(lines, at)}",
            fix='value: "73.0", in quotes: the digits carry the rounding' if quoted else "harness decide --help",
        ) from error


def decide_files(
    terms: Terms,
    samples: Sequence[Path],
    comparators: Sequence[Path] = (),
    protocols: Mapping[str, Sequence[Path]] | None = None,
) -> Verdict:
    """Return the verdict on one claim from files of score lines.

    `samples` hold the model's answers (several for an average), `comparators` those of what it is compared
    with; `protocols` gives the same under other protocols, the model's files first. Where they name no
    comparator's, `comparators` stand in.
    Raises UsageError for files that are no answers, and for answers that cannot show what is claimed.
    """
    if MAIN in (protocols or {}):
        raise UsageError("another name: main is the protocol of --samples", MAIN, where="--protocol")
    declared = {MAIN: (samples, comparators)}
    for name, files in (protocols or {}).items():
        declared[name] = files[: len(samples)], files[len(samples) :] or comparators
    for name, (_, beside) in declared.items():
        _check_comparators(terms, name, len(beside))
    found = {name: _evidence(terms, name, *files) for name, files in declared.items()}
    items = [[list(table.items) for table in evidence.ours] for evidence, _ in found.values()]
    if any(other != items[0] for other in items):
        raise UsageError("answers to the same items under every protocol", "other items", where="--protocol")
    return combine([_judge(evidence, changed) for evidence, changed in found.values()])


def _check_comparators(terms: Terms, name: str, found: int) -> None:
    """Raise UsageError when a claim of this kind has no use for so many comparators."""
    wanted = 1 if terms.kind in PAIRED else max(found, 1) if terms.kind == "rank" else 0
    if found != wanted:
        raise UsageError(
            f"{wanted} file(s) of a comparator's answers for a claim of kind {terms.kind}",
            f"{found} under {name}",
            where="--comparator-samples",
            fix="harness decide --help",
        )


def _evidence(
    terms: Terms, name: str, samples: Sequence[Path], comparators: Sequence[Path]
) -> tuple[Evidence, Terms]:
    """Return what was measured under one protocol, and the terms with the deviations that are on record."""
    manifests = [manifest for path in samples if (manifest := _manifest(path)) is not None]
    declared = {*terms.about, *(deviation.field for deviation in terms.deviations)}
    recorded = [d for manifest in manifests for d in manifest.deviations if d.field not in declared]
    if recorded:
        terms = terms.model_copy(update={"deviations": [*terms.deviations, *recorded]})
    evidence = Evidence(
        ours=[_table(terms, path) for path in samples],
        comparators=[_table(terms, path) for path in comparators],
        protocol=name,
        folders=[str(path) for path in (*samples, *comparators)],
        settings=manifests[0].identity.model_dump(mode="json") if manifests else {},
    )
    return evidence, terms


def _judge(evidence: Evidence, terms: Terms) -> Judged:
    try:
        return Judged(judge(terms, evidence, harness.__version__), evidence.settings)
    except ValueError as error:
        files = ", ".join(evidence.folders)
        raise UsageError("answers that can show the claim", str(error), where=files) from error


def _table(terms: Terms, path: Path) -> ScoreTable:
    return read_scores(path, terms.metric, terms.range, timed=terms.kind == "latency")


def _manifest(path: Path) -> Manifest | None:
    """Return the manifest that lies beside the store's own samples; other files have none."""
    folder = RunFolder(path.parent)
    if path.name != folder.samples.name or not folder.manifest.exists():
        return None
    return folder.read_manifest()
