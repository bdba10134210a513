"""Where things lie under results/."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from harness.config.settings import Settings, project
from harness.errors import HarnessError
from harness.records import Audit, Manifest, ReplicaReport, RunIdentity, Verdict
from harness.store.files import write_atomic

_GIST = ("verdict", "measured", "protocol", "newest", "rule", "code")
"""What a reader of a verdict's history wants to know: how it stood, on what evidence, under which rule."""


@dataclass(frozen=True)
class RunFolder:
    """One run's folder: manifest.json, samples.jsonl, requests.jsonl, and restarts.jsonl if there were any."""

    path: Path

    @property
    def manifest(self) -> Path:
        """The identity in clear."""
        return self.path / "manifest.json"

    @property
    def samples(self) -> Path:
        """Append-only, the only source of truth."""
        return self.path / "samples.jsonl"

    @property
    def requests(self) -> Path:
        """Each request body once."""
        return self.path / "requests.jsonl"

    @property
    def restarts(self) -> Path:
        """Why servers were started again while it ran: one line each, append-only."""
        return self.path / "restarts.jsonl"

    @property
    def probes(self) -> Path:
        """What its servers were found to do before it trusted them: one line each, append-only."""
        return self.path / "probes.jsonl"

    @property
    def imported(self) -> Path:
        """In place of the manifest where the answers come from another harness's log."""
        return self.path / "import.json"

    def read_manifest(self) -> Manifest:
        """Return the manifest; raises HarnessError when it is not readable."""
        try:
            return Manifest.model_validate_json(self.manifest.read_text(encoding="utf-8"))
        except ValueError as error:
            raise HarnessError(
                expected="a run manifest", found=str(error).splitlines()[0], where=str(self.manifest)
            ) from error

    def lock(self) -> FileLock:
        """Return the lock that keeps a second writer out; raises HarnessError when it is held."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise HarnessError(
                expected="no other process writing this run",
                found="its lock is held",
                where=str(self.path),
                fix="wait for the other run to end, or end it; the lock goes with its process",
            ) from error
        return lock


@dataclass(frozen=True)
class Store:
    """The folder results/ of a clone, or another one."""

    root: Path

    @property
    def site(self) -> Path:
        """The static pages."""
        return self.root / "site"

    @property
    def logs(self) -> Path:
        """What engines printed."""
        return self.root / "logs"

    def engine_log(self, run: RunFolder, replica: int, start: int) -> Path:
        """Return where the log of a server lies: of replica 0, 1, … and its start 1, 2, …"""
        parts = [run.path.parts[-3], run.path.name]
        parts += [f"replica{replica}"] if replica else []
        parts += [f"start{start}"] if start > 1 else []
        return self.logs / f"{'-'.join(parts)}.log"

    @property
    def throughput(self) -> Path:
        """The table of how fast servers answered."""
        return self.root / "throughput.jsonl"

    def spending(self, model: str) -> Path:
        """Return where the account of a hosted model lies."""
        return self.root / "spending" / f"{model}.jsonl"

    def run(self, identity: RunIdentity) -> RunFolder:
        """Return the folder of the run with this identity."""
        return RunFolder(self.root / "runs" / identity.model / identity.task / identity.key)

    def runs(self) -> Iterator[RunFolder]:
        """Yield every run that has a manifest, in a fixed order."""
        for path in sorted((self.root / "runs").glob("*/*/*/manifest.json")):
            yield RunFolder(path.parent)

    def imports(self) -> Iterator[RunFolder]:
        """Yield every import that was brought in below imports/, in a fixed order; they are no runs."""
        for path in sorted((self.root / "imports").glob("**/import.json")):
            if not any(part.startswith(".") for part in path.relative_to(self.root).parts):
                yield RunFolder(path.parent)

    def set_aside(self, folder: RunFolder) -> None:
        """Move a run's folder to aside/: answers are never deleted. Raises HarnessError while it is written."""
        if folder.path.exists():
            folder.lock().release()
            model, task, key = folder.path.parts[-3:]
            aside = self.root / "aside"
            aside.mkdir(parents=True, exist_ok=True)
            number = len(list(aside.glob(f"{model}-{task}-{key}-*"))) + 1
            folder.path.rename(aside / f"{model}-{task}-{key}-{number}")

    def relative(self, path: Path) -> str:
        """Return `path` as evidence names it: below results/, never absolute."""
        return "results/" + path.relative_to(self.root).as_posix()

    def write_size(self, model: str, parameters: int, origin: str) -> None:
        """Keep how many parameters a model's checkpoint holds, so that verdicts need no weights."""
        record = {"model": model, "parameters_total": parameters, "origin": origin}
        write_atomic(self.root / "models" / f"{model}.json", json.dumps(record, indent=1) + "\n")

    def read_size(self, model: str) -> tuple[int, str] | None:
        """Return (parameters, origin) of a model's checkpoint, None when no run has looked at it."""
        path = self.root / "models" / f"{model}.json"
        if not path.exists():
            return None
        record = json.loads(path.read_text(encoding="utf-8"))
        return int(record["parameters_total"]), str(record["origin"])

    def write_audit(self, audit: Audit) -> Path:
        """Keep the rule's own error rates, for the site to print; return where they lie."""
        path = self.root / "audit.json"
        write_atomic(path, audit.model_dump_json(indent=1) + "\n")
        return path

    def read_audit(self) -> Audit | None:
        """Return the rule's own error rates; None where they were not measured here.

        Raises HarnessError when they are not readable, of an earlier version, say.
        """
        path = self.root / "audit.json"
        if not path.exists():
            return None
        try:
            return Audit.model_validate_json(path.read_text(encoding="utf-8"))
        except ValueError as error:
            found = str(error).splitlines()[0]
            raise HarnessError(
                "the rule's own error rates", found, where=str(path), fix="harness audit"
            ) from error

    @property
    def _replicas(self) -> Path:
        return self.root / "reference" / "replicas.json"

    def read_replicas(self) -> dict[tuple[str, str], ReplicaReport]:
        """Return, by model and kind of twin, how small random twins were last served where that was recorded."""
        if not self._replicas.exists():
            return {}
        records = json.loads(self._replicas.read_text(encoding="utf-8")).values()
        reports = [ReplicaReport.model_validate(record) for record in records]
        return {(report.model, report.replica): report for report in reports}

    def write_replica(self, report: ReplicaReport) -> None:
        """Record how one twin was served, beside the others."""
        reports = self.read_replicas() | {(report.model, report.replica): report}
        found = {"/".join(key): reports[key].model_dump(mode="json") for key in sorted(reports)}
        write_atomic(self._replicas, json.dumps(found, ensure_ascii=False, indent=1) + "\n")

    def verdict_path(self, claim: str) -> Path:
        """Return where the verdict on a claim lies."""
        return self.root / "verdicts" / f"{claim}.json"

    def write_verdict(self, verdict: Verdict) -> Verdict:
        """Write a verdict and return it with the history of earlier ones, which is never deleted."""
        path = self.verdict_path(verdict.claim)
        if path.exists():
            # Only what the history needs: what an earlier version wrote besides may have another form.
            old = json.loads(path.read_text(encoding="utf-8"))
            was = {name: old.get(name) for name in _GIST}
            history = old["history"] if was == _gist(verdict) else [*old["history"], was]
            verdict = verdict.model_copy(update={"history": history})
        write_atomic(path, verdict.model_dump_json(indent=1) + "\n")
        return verdict


def open_store(settings: Settings) -> Store:
    """Return the store that the settings name."""
    return Store(project().root / settings.results)


def _gist(verdict: Verdict) -> dict[str, str | float | None]:
    return {name: getattr(verdict, name) for name in _GIST}
