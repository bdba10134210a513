"""Decide one claim from files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

import harness
from harness.claims.yaml_lines import DuplicateKeyError, line_of, read_yaml
from harness.errors import UsageError
from harness.records import Manifest, Terms, Verdict
from harness.store import RunFolder, read_scores
from harness.verdicts import Evidence, Judged, ScoreTable, combine, judge

MAIN = "main"
"""The protocol of `--samples`."""


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
    except ValidationError as error:
        first = error.errors()[0]
        at = tuple(part for part in first["loc"])
        quoted = first["type"] == "string_type" and at == ("value",)
        raise UsageError(
            example,
            ".".join(map(str, at)) + ": " + first["msg"].removeprefix("Value error, "),
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
    with; `protocols` gives the same under other protocols, the model's files first.
    Raises UsageError for files that are no answers, and for answers that cannot show what is claimed.
    """
    judged = [_judge(terms, MAIN, samples, comparators)]
    for name, files in (protocols or {}).items():
        judged.append(_judge(terms, name, files[: len(samples)], files[len(samples) :]))
    return combine(judged)


def _judge(terms: Terms, name: str, samples: Sequence[Path], comparators: Sequence[Path]) -> Judged:
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
