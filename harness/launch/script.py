"""The text of a batch script; a pure function of the campaign."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harness.config.settings import project
from harness.launch.options import sbatch_options
from harness.records import Campaign, Cluster, ServerJob
from harness.records.campaign import Step


@dataclass(frozen=True)
class Script:
    """A batch script and what Slurm is to know of it beside its text."""

    name: str
    """Its file name, without the ending, and the name of its jobs in Slurm."""
    step: Step
    jobs: Sequence[ServerJob]
    """Of an array, in the order of the tasks' numbers."""
    text: str

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.sh"


def scripts(campaign: Campaign, folder: str, python: str) -> list[Script]:
    """Return the scripts of a campaign in the order in which they are submitted.

    Jobs of one shape are one array; each has an array of staging jobs with the same numbers. `folder` is the
    campaign's, as the nodes see it, and `python` the interpreter that has the harness there.
    """
    shapes: dict[tuple[int, int], list[ServerJob]] = {}
    for job in campaign.jobs:
        shapes.setdefault(job.shape, []).append(job)
    found: list[Script] = []
    for number, jobs in enumerate(shapes.values(), start=1):
        suffix = f"-{number}" if len(shapes) > 1 else ""
        found += [_script(campaign, step, jobs, suffix, folder, python) for step in _BEFORE_VERDICTS]
    return [*found, _script(campaign, "verdict", [], "", folder, python)]


_BEFORE_VERDICTS: tuple[Step, ...] = ("stage", "serve")


def _script(
    campaign: Campaign, step: Step, jobs: Sequence[ServerJob], suffix: str, folder: str, python: str
) -> Script:
    name = f"{campaign.id}-{step}{suffix}"
    cluster = campaign.cluster
    shape = jobs[0].shape if step == "serve" else None
    options = [
        f"--job-name={name}",
        f"--output={folder}/logs/%x-%A_%a.out" if jobs else f"--output={folder}/logs/%x-%j.out",
        # A job that Slurm starts again goes on in the same file.
        "--open-mode=append",
        "--requeue",
        *_requested(cluster, step, shape),
    ]
    if jobs:
        at_once = cluster.slurm.at_once
        limit = f"%{at_once}" if at_once and step == "serve" else ""
        options.append(f"--array=0-{len(jobs) - 1}{limit}")
    text = (
        _templates()
        .get_template(f"{step}.sh.j2")
        .render(
            campaign=campaign.id,
            step=step,
            options=options,
            environment=cluster.environment,
            variables=_variables(cluster, step),
            scratch=cluster.paths.scratch is not None,
            jobs=[job.id for job in jobs] or ["all"],
            folder=folder,
            python=python,
        )
    )
    return Script(name, step, jobs, text)


def _requested(cluster: Cluster, step: Step, shape: tuple[int, int] | None) -> list[str]:
    """Return what a job asks for: all that the profile says where servers run, one plain node elsewhere."""
    if shape is not None:
        nodes, gpus = shape
        return sbatch_options(cluster, nodes=nodes, gpus=gpus)
    asked = {"partition": cluster.stage.partition or cluster.slurm.partition, "account": cluster.slurm.account}
    named = [f"--{name}={value}" for name, value in asked.items() if value is not None]
    return [*named, "--nodes=1", "--ntasks=1", f"--time={cluster.stage.time}", *cluster.slurm.options]


def _variables(cluster: Cluster, step: Step) -> Mapping[str, str]:
    """Return what a job exports; nothing secret, which comes with the submitter's own environment."""
    paths = {"HF_HOME": cluster.paths.weights, "HARNESS_DATA": cluster.paths.data, "TMPDIR": cluster.paths.scratch}
    found = {name: path for name, path in paths.items() if path is not None}
    if cluster.interface is not None:
        found["HARNESS_INTERFACE"] = cluster.interface
    if cluster.offline and step == "serve":
        found |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    if step == "serve" and (cluster.slurm.cpus_per_node or cluster.slurm.cpus_per_gpu):
        # Since Slurm 22.05 srun asks for one processor unless it is told.
        found["SRUN_CPUS_PER_TASK"] = "$SLURM_CPUS_PER_TASK"
    return found | cluster.environment.variables


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(project().root / "slurm"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters |= {"quoted": shlex.quote, "expanded": _expanded}
    return environment


def _expanded(value: str) -> str:
    """Return a value in double quotes: variables of the job and a leading ~ mean what they do in a shell."""
    home = "$HOME" + value[1:] if value == "~" or value.startswith("~/") else value
    return '"' + home.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`") + '"'
