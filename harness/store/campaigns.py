"""Where a campaign's plan, scripts and records lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock
from pydantic import ValidationError

from harness.errors import HarnessError, UsageError, described, nearest
from harness.records import Attempt, Campaign, Progress, Record, Submission, Surrender
from harness.store.files import write_atomic
from harness.store.layout import Store

T = TypeVar("T", bound=Record)


@dataclass(frozen=True)
class CampaignFolder:
    """One campaign's folder."""

    path: Path

    @property
    def scripts(self) -> Path:
        """What was, or would be, given to sbatch."""
        return self.path / "scripts"

    @property
    def logs(self) -> Path:
        """What batch scripts and clients printed."""
        return self.path / "logs"

    @property
    def submissions(self) -> Path:
        """Every call of sbatch, append-only: a line before it, and one after it."""
        return self.path / "submissions.jsonl"

    def client_log(self, job: str, attempt: int) -> Path:
        """Return where an attempt's client prints to."""
        return self.logs / f"{job}-{attempt}.log"

    def lock(self) -> FileLock:
        """Return the lock under which jobs are submitted: two commands never submit the same."""
        self.path.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path / ".lock")

    def job_lock(self, job: str) -> FileLock:
        """Return the lock of whoever works on a job."""
        path = self.path / "locks" / f"{job}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(path)

    def write_plan(self, campaign: Campaign) -> None:
        """Write the plan."""
        write_atomic(self.path / "plan.json", campaign.model_dump_json(indent=1) + "\n")

    def read_plan(self) -> Campaign:
        """Return the plan; raises HarnessError when it cannot be read."""
        path = self.path / "plan.json"
        try:
            return Campaign.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            found = described(error) if isinstance(error, ValidationError) else str(error)
            raise HarnessError(
                "a campaign's plan", found, where=str(path), fix="harness submit makes one"
            ) from error

    def read_submissions(self) -> list[Submission]:
        """Return every submission as it stands, oldest first."""
        found: dict[str, Submission] = {}
        for one in _lines(Submission, self.submissions):
            found[one.name] = one
        return list(found.values())

    def note_submission(self, submission: Submission) -> None:
        """Append how a submission stands."""
        _append(self.submissions, submission)

    def read_attempts(self, job: str) -> list[Attempt]:
        """Return every attempt at a job as it stands, oldest first."""
        found: dict[int, Attempt] = {}
        for one in _lines(Attempt, self._attempts(job)):
            found[one.number] = one
        return list(found.values())

    def note_attempt(self, job: str, attempt: Attempt) -> None:
        """Append how an attempt stands."""
        _append(self._attempts(job), attempt)

    def read_progress(self, job: str) -> Progress | None:
        """Return how far a job is; None before its first question."""
        return _read(Progress, self.path / "progress" / f"{job}.json")

    def write_progress(self, job: str, progress: Progress) -> None:
        """Keep how far a job is."""
        write_atomic(self.path / "progress" / f"{job}.json", progress.model_dump_json() + "\n")

    def read_surrender(self, job: str) -> Surrender | None:
        """Return why nobody tries a job again; None while somebody does."""
        return _read(Surrender, self._surrender(job))

    def write_surrender(self, job: str, surrender: Surrender) -> None:
        """Keep why nobody tries a job again."""
        write_atomic(self._surrender(job), surrender.model_dump_json(indent=1) + "\n")

    def forgive(self, job: str) -> None:
        """Let a job that was given up be tried again; why it was given up stays beside it."""
        given_up = self.read_surrender(job)
        if given_up is not None:
            (self.path / "forgiven").mkdir(exist_ok=True)
            self._surrender(job).rename(self.path / "forgiven" / f"{job}-{given_up.after}.json")

    def forgiven(self, job: str) -> int:
        """Return how many attempts no longer count, because a person let the job be tried again after them."""
        numbers = [path.stem.rpartition("-")[2] for path in (self.path / "forgiven").glob(f"{job}-*.json")]
        return max((int(number) for number in numbers), default=0)

    def _attempts(self, job: str) -> Path:
        return self.path / "attempts" / f"{job}.jsonl"

    def _surrender(self, job: str) -> Path:
        return self.path / "surrenders" / f"{job}.json"


def campaign_folder(store: Store, name: str) -> CampaignFolder:
    """Return the folder of a new or an old campaign."""
    return CampaignFolder(store.root / "campaigns" / name)


def campaigns(store: Store) -> Iterator[CampaignFolder]:
    """Yield every campaign, the oldest first."""
    plans = (store.root / "campaigns").glob("*/plan.json")
    for path in sorted(plans, key=lambda path: path.stat().st_mtime_ns):
        yield CampaignFolder(path.parent)


def campaign_named(store: Store, name: str | None) -> CampaignFolder:
    """Return a campaign by name, the newest without one; raises UsageError when there is none."""
    known = list(campaigns(store))
    found = [folder for folder in known if name is None or folder.path.name == name]
    if not found:
        names = [folder.path.name for folder in known]
        fix = nearest(name, names) if name and names else "harness submit makes one"
        raise UsageError("a campaign", name or "none", where=str(store.root / "campaigns"), fix=fix)
    return found[-1]


def _append(path: Path, record: Record) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        # A line that a kill tore stays a line of its own.
        torn = file.tell() and _last_byte(path) != b"\n"
        file.write((b"\n" if torn else b"") + record.model_dump_json().encode() + b"\n")


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1)


def _lines(kind: type[T], path: Path) -> Iterator[T]:
    """Yield the records of a file; a line torn by a kill is passed over."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield kind.model_validate_json(line)
        except ValidationError:
            continue


def _read(kind: type[T], path: Path) -> T | None:
    return kind.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None
