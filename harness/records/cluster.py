"""A cluster: which machines it has, how a job asks for them, and what a job finds there."""

import re
from math import ceil
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from harness.records.base import Id, Record

_TIME = re.compile(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?")
_SIZE = re.compile(r"(\d+)([KMGT]?)", re.IGNORECASE)
_MEGABYTES = {"k": 1 / 1024, "": 1, "m": 1, "g": 1024, "t": 1024**2}


def minutes(text: str) -> int | None:
    """Return a time limit as Slurm writes it, in minutes and rounded up; None for no limit.

    Forms (man sbatch, --time): minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes and
    days-hours:minutes:seconds. Raises ValueError for other text.
    """
    if text.lower() in {"infinite", "unlimited"}:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"expected a time such as 24:00:00, 2-12 (days-hours) or 90 (minutes), found {text!r}")
    days, *parts = (None if part is None else int(part) for part in found.groups())
    given = [part for part in parts if part is not None]
    if days is not None:
        hours, mins, secs = [*given, 0, 0][:3]
    elif len(given) == 3:
        hours, mins, secs = given
    else:
        hours, (mins, secs) = 0, [*given, 0][:2]
    return ((days or 0) * 24 + hours) * 60 + mins + ceil(secs / 60)


def megabytes(text: str) -> int:
    """Return a size as Slurm writes it (`100G`; without a letter megabytes) in megabytes; raises ValueError."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError(f"expected a size such as 100G or 2T, found {text!r}")
    return int(int(found[1]) * _MEGABYTES[found[2].lower()])


def _checked_time(value: object) -> object:
    """Refuse a number: YAML reads 24:00:00 without quotes as 86400."""
    if not isinstance(value, str):
        raise ValueError('write a time as text, in quotes: "24:00:00" (hours, minutes, seconds) or "2-12"')
    minutes(value)
    return value


def _checked_size(value: object) -> object:
    megabytes(str(value))
    return value


Time = Annotated[str, BeforeValidator(_checked_time)]
"""A time limit as Slurm writes it: see `minutes`."""

Size = Annotated[str, BeforeValidator(_checked_size)]
"""Memory as Slurm writes it: see `megabytes`; 0 is all that a node has."""

Word = Annotated[str, StringConstraints(pattern=r"^[^\s'\"]+$")]
"""One word of an sbatch line."""

Line = Annotated[str, StringConstraints(pattern=r"^[^\r\n]+$")]

Folder = Annotated[str, StringConstraints(pattern=r"^[/~$][^\r\n]*$")]
"""A folder on the compute nodes: absolute, or below `~` or a variable of the job (`$SCRATCH/kai`)."""

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class _Part(Record):
    """A part of a cluster's profile; an account named 4711 is a name, not a number."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class Slurm(_Part):
    """What a job asks Slurm for; what is None is not asked for, and Slurm's own default holds."""

    partition: Word | None = None
    account: Word | None = None
    qos: Word | None = None
    constraint: Word | None = None
    """Feature of the nodes (sinfo -o %f), or an expression over features."""
    reservation: Word | None = None
    gpus: Literal["gres", "gpus_per_node", "none"] = "gres"
    """--gres=gpu:TYPE:N, --gpus-per-node=TYPE:N, or nothing, where whole nodes come with their GPUs."""
    gpu_type: Word | None = None
    """TYPE above, as the cluster calls it; None asks for GPUs of any type."""
    exclusive: bool = False
    """Whole nodes, whatever they have."""
    cpus_per_node: int | None = Field(default=None, gt=0)
    cpus_per_gpu: int | None = Field(default=None, gt=0)
    """Times the GPUs that a server takes on a node."""
    memory: Size | None = None
    """Of a node."""
    memory_per_gpu: Size | None = None
    """Times the GPUs that a server takes on a node."""
    time: Time = "24:00:00"
    drain_minutes: int = Field(default=10, gt=0, le=1000)
    """USR1 comes so long before the time limit: no new question is asked then."""
    at_once: int | None = Field(default=None, gt=0)
    """Most tasks of a job array at a time."""
    options: list[Line] = Field(default_factory=list)
    """Further options of sbatch, as they are: `--mail-type=FAIL`."""

    @field_validator("options")
    @classmethod
    def _are_options(cls, options: list[str]) -> list[str]:
        for option in options:
            if not option.startswith("-"):
                raise ValueError(f"expected an option such as --mail-type=FAIL, found {option!r}")
        return options

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        if self.cpus_per_node is not None and self.cpus_per_gpu is not None:
            raise ValueError("expected `cpus_per_node` or `cpus_per_gpu`, found both")
        if self.memory is not None and self.memory_per_gpu is not None:
            raise ValueError("expected `memory` or `memory_per_gpu`, found both")
        limit = minutes(self.time)
        if limit is not None and self.drain_minutes >= limit:
            raise ValueError(f"expected `drain_minutes` below the time limit of {limit} minutes")
        return self


class Container(_Part):
    """An image that jobs run in."""

    kind: Literal["apptainer", "pyxis"]
    image: Word
    """A file, or what the tool fetches (`docker://…`)."""
    mounts: list[Word] = Field(default_factory=list)
    """SOURCE:TARGET"""
    options: list[Line] = Field(default_factory=list)
    """Further options of `apptainer exec`, or of srun."""


class Environment(_Part):
    """What a job does before anything else, in this order."""

    modules: list[Word] = Field(default_factory=list)
    """For `module load`."""
    setup: list[Line] = Field(default_factory=list)
    """Lines of shell."""
    variables: dict[Variable, Line] = Field(default_factory=dict)
    """Exported."""
    container: Container | None = None


class Paths(_Part):
    """Folders that all nodes see; None keeps those of the user."""

    weights: Folder | None = None
    """HF_HOME"""
    data: Folder | None = None
    """HARNESS_DATA"""
    scratch: Folder | None = None
    """TMPDIR; may be of one node alone, and is made by the job."""


class Stage(_Part):
    """Where the job runs that fetches weights and data for compute nodes without a network."""

    partition: Word | None = None
    """None: that of the other jobs."""
    time: Time = "04:00:00"


class Limits(Record):
    """When a chain of jobs gives up."""

    attempts: int = Field(default=3, gt=0)
    """Attempts in a row that brought no new answer."""
    hours: float | None = Field(default=None, gt=0)
    """Of all attempts of one server together."""
    stall_minutes: float = Field(default=120, gt=0)
    """A job without a new answer for so long is ended."""


class Cluster(Record):
    """One cluster, one file (configs/cluster/<id>.yaml); no part of what a run is: it changes no score."""

    id: Id
    launcher: Literal["slurm", "here"] = "slurm"
    """How work gets there: as Slurm jobs, or on this machine."""
    gpu: str | None = None
    """A GPU of `harness.facts.memory.GPUS`; None where it has none."""
    gpus_per_node: int = Field(default=0, ge=0)
    nodes: int | None = Field(default=None, gt=0)
    """The most that one server may take; None for as many as it needs."""
    serving: Id = "gpu"
    """How models are served there (configs/serving/)."""
    slurm: Slurm = Slurm()
    environment: Environment = Environment()
    paths: Paths = Paths()
    interface: Word | None = None
    """Network interface between nodes, for NCCL, Gloo and vLLM; None lets each of them choose."""
    offline: bool = False
    """Compute nodes reach no hub: a job fetches weights and data before."""
    stage: Stage = Stage()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _has_gpus_or_none(self) -> Self:
        if (self.gpu is None) != (self.gpus_per_node == 0):
            raise ValueError(f"expected `gpu` and `gpus_per_node`, found {self.gpu} and {self.gpus_per_node}")
        if self.gpu is None and (self.slurm.cpus_per_gpu or self.slurm.memory_per_gpu or self.slurm.gpu_type):
            raise ValueError("expected `cpus_per_node` and `memory` under `slurm`, where there are no GPUs")
        return self
