"""Which format a file is in, told by what it holds."""

import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from harness.errors import UsageError, nearest
from harness.evaluation.imports import aggregates, every_eval_ever, ifbench, inspect_ai, lm_eval
from harness.evaluation.imports.lines import json_lines, open_log
from harness.evaluation.imports.log import ForeignLog

READERS: Mapping[str, Callable[[Path], list[ForeignLog]]] = MappingProxyType(
    {
        "lm_eval": lm_eval.read,
        "inspect": inspect_ai.read,
        "eee": every_eval_ever.read,
        "ifbench": ifbench.read,
        "lm_eval_results": aggregates.read_lm_eval,
        "eee_aggregate": aggregates.read_every_eval_ever,
    }
)
_LINES = {
    "lm_eval": {"doc_id", "doc", "resps"},
    "eee": {"evaluation_id", "sample_id", "evaluation"},
    "ifbench": {"prompt", "response"},
}
"""Fields that tell a line of each format."""
_SHOWN = 12


@dataclass(frozen=True)
class FoundLog:
    """A file and the format it is in."""

    path: Path
    format: str


def find_logs(path: Path, wanted: str = "auto") -> tuple[list[FoundLog], list[Path]]:
    """Return the logs in a file, or in a folder and those below it, and the files there that are none.

    Raises UsageError for a format that nobody knows, and where there is no log at all.
    """
    if wanted not in {"auto", *READERS}:
        raise UsageError(f"--format auto, {', '.join(READERS)}", wanted, fix=nearest(wanted, READERS))
    if not path.exists():
        raise UsageError("a log, or a folder with logs", "nothing there", where=str(path))
    if path.is_file():
        found, seen = (wanted, "") if wanted != "auto" else _format_of(path)
        if found is None:
            raise UsageError(
                "a log of lm-eval (samples_*.jsonl, results_*.json), Inspect (.eval, .json), Every Eval Ever "
                "(*.json, *_samples.jsonl) or IFBench (lines with prompt and response)",
                seen,
                where=str(path),
                fix="name its --format if it is one of these",
            )
        return [FoundLog(path, found)], []
    logs: list[FoundLog] = []
    others: list[Path] = []
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        found, _ = _format_of(file)
        if found is not None and wanted in {"auto", found}:
            logs.append(FoundLog(file, found))
        else:
            others.append(file)
    if not logs:
        names = ", ".join(file.name for file in others[:_SHOWN]) or "an empty folder"
        raise UsageError("a log in this folder", names, where=str(path))
    return logs, others


def _format_of(path: Path) -> tuple[str | None, str]:
    """Return the format of a file, None when it is in none of ours, and what was seen in it."""
    if zipfile.is_zipfile(path):
        names = zipfile.ZipFile(path).namelist()
        inspected = any(name.startswith(("header.json", "_journal/")) for name in names)
        return ("inspect" if inspected else None), f"a zip archive with {', '.join(names[:_SHOWN]) or 'nothing'}"
    try:
        _, first = next(json_lines(path))
    except StopIteration:
        return None, "an empty file"
    except UsageError:
        return _whole_file(path)
    for name, fields in _LINES.items():
        if fields <= first.keys():
            return name, ""
    return _by_keys(first)


def _whole_file(path: Path) -> tuple[str | None, str]:
    """Look at a file whose first line is no JSON object: one object over many lines, or something else."""
    with open_log(path) as file:
        raw = file.read()
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None, f"no JSON; it begins with {raw[:40]!r}"
    return _by_keys(data) if isinstance(data, dict) else (None, f"a JSON {type(data).__name__}")


def _by_keys(data: dict[str, object]) -> tuple[str | None, str]:
    if {"eval", "plan"} <= data.keys() or {"eval", "samples"} <= data.keys():
        return "inspect", ""
    if {"evaluation_results", "model_info"} <= data.keys():
        return "eee_aggregate", ""
    if {"results", "configs"} <= data.keys():
        return "lm_eval_results", ""
    return None, f"an object with the keys {', '.join(list(data)[:_SHOWN]) or 'none'}"
