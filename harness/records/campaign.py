"""A campaign: which servers have to be started to bring runs to their verdicts, and what became of them."""

from typing import Literal

from pydantic import Field

from harness.records.base import Id, Record
from harness.records.cluster import Cluster

Step = Literal["stage", "serve", "verdict"]
"""Fetch weights and items; start the servers and ask; decide the claims and write the site."""


class ServerJob(Record):
    """One start of a model's servers, with everything that is asked of them."""

    id: Id
    model: Id
    suites: list[list[str]] = Field(min_length=1)
    """Hydra overrides, one list for each suite that the same servers answer."""
    nodes: int = Field(gt=0)
    """Nodes of the whole job."""
    gpus_per_node: int = Field(ge=0)
    samples: int | None = None
    """Answers wanted, as far as item sets of known size tell before the first start."""
    gpu_hours: float | None = None
    """Expected, of all its starts together."""

    @property
    def shape(self) -> tuple[int, int]:
        """What jobs of one array have in common."""
        return self.nodes, self.gpus_per_node


class Campaign(Record):
    """The plan (plan.json); never changed after it was written."""

    id: Id
    created: str
    """Time in UTC, ISO 8601."""
    code: str
    """Version of the harness."""
    command: list[str]
    """As it was typed."""
    cluster: Cluster
    jobs: list[ServerJob] = Field(min_length=1)
    rehearsal: bool = False
    """Whether small random twins stand for the models: what comes of it says nothing about them."""

    def job(self, name: str) -> ServerJob:
        """Return a job by id; raises KeyError."""
        found = {job.id: job for job in self.jobs}
        return found[name]


class Submission(Record):
    """One call of sbatch (submissions.jsonl): what was meant to be submitted, then what Slurm called it."""

    name: str
    """The name of the job in Slurm, of one submission only."""
    step: Step
    jobs: list[Id]
    """Server jobs it is for; of an array, in the order of its tasks' numbers."""
    tasks: list[int]
    """Their numbers in the script's array."""
    script: str
    """Below the campaign's folder."""
    slurm: str | None = None
    """The job's id; None while nothing came back from sbatch."""
    when: str

    def task_ids(self) -> dict[str, str]:
        """Return Slurm's id of each server job's task; nothing before Slurm gave one."""
        if self.slurm is None:
            return {}
        return {job: f"{self.slurm}_{task}" for job, task in zip(self.jobs, self.tasks, strict=True)}


Outcome = Literal["complete", "drained", "stopped", "failed", "stalled", "killed"]
"""How one start of the client ended: all answered; asked to stop; ended by a signal; with an error; ended because
the log did not grow; seen by nobody."""


class Attempt(Record):
    """One start of a job's client (attempts/<job>.jsonl): a line when it starts, and one when it ends."""

    number: int
    """1, 2, … over all Slurm jobs that worked on it."""
    slurm: str
    """Slurm's id of the job, with the task's number in an array."""
    node: str
    started: str
    ended: str | None = None
    outcome: Outcome | None = None
    exit_code: int | None = None
    new: int = 0
    """Answers that it added to the logs."""
    why: str = ""
    """The decisive line of its error."""


class Surrender(Record):
    """Why nobody tries again until a person says so (surrenders/<job>.json)."""

    when: str
    after: int
    """Attempts until then."""
    why: str
    fix: str


class Progress(Record):
    """How far a job is (progress/<job>.json): counted in the sample logs at the start, then with every answer."""

    attempt: int
    when: str
    since: str
    """When this attempt asked its first question."""
    total: int
    done: int
    new: int = 0
    """Answered in this attempt."""
    tokens: int = 0
    """Generated in this attempt."""
    logs: list[str]
    """Sample logs, below results/."""

    @property
    def complete(self) -> bool:
        """Whether nothing is left to ask."""
        return self.done >= self.total
