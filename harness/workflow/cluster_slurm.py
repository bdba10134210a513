"""A profile against the cluster that Slurm's commands speak to."""

import getpass
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from harness.errors import HarnessError, nearest
from harness.facts.memory import GPUS
from harness.launch import slurm
from harness.launch.nodes import Association, Node, associations, nodes
from harness.launch.options import cpus, memory, sbatch_options
from harness.records import Cluster
from harness.records.cluster import minutes
from harness.workflow.checks import Check

_COMMANDS = ("sbatch", "squeue", "sinfo", "scontrol", "scancel", "srun", "sacct")
_DEFAULT = ""
"""Stands for the partition of jobs that name none."""


def scheduler(cluster: Cluster) -> list[Check]:
    """Return every check that asks Slurm; those that rest on one that failed are left out."""
    if cluster.launcher == "here":
        return [Check("scheduler", True, "none: work is done on this machine; harness doctor looks at it")]
    found = [_commands()]
    if not found[0].ok:
        return found
    found.append(_controller())
    if not found[-1].ok:
        return found
    try:
        every, accounts = nodes(), associations(getpass.getuser())
    except HarnessError as error:
        return [*found, Check("nodes and accounts", False, error.found, error.fix)]
    wanted = cluster.slurm.partition or _DEFAULT
    found.append(_partition(wanted, every, "partition"))
    here = _of(wanted, every)
    if here:
        found += [*_account(cluster, accounts, here[0].partition), *_nodes(cluster, here)]
        found.append(_time("time limit", cluster.slurm.time, here[0]))
    if cluster.offline:
        found += _stage(cluster, every)
    return [*found, _accepted(cluster)]


def _commands() -> Check:
    missing = [name for name in _COMMANDS if shutil.which(name) is None]
    found = f"not on PATH: {', '.join(missing)}" if missing else ", ".join(_COMMANDS)
    fix = "run this on a login node; on Debian: apt install slurm-client"
    return Check("Slurm's commands", not missing, found, fix)


def _controller() -> Check:
    try:
        said = slurm.ask("scontrol", "ping")
    except HarnessError as error:
        return Check("Slurm's controller", False, error.found, error.fix)
    version = slurm.ask("sinfo", "--version").strip()
    return Check("Slurm's controller", True, f"{'; '.join(said.split(chr(10))).strip('; ')}; {version}")


def _of(partition: str, every: Sequence[Node]) -> list[Node]:
    return [node for node in every if (node.partition == partition if partition else node.default)]


def _partition(wanted: str, every: Sequence[Node], key: str) -> Check:
    title = f"{key} {wanted}" if wanted else f"{key} (the cluster's default)"
    here, names = _of(wanted, every), {node.partition for node in every}
    change = f"cluster.slurm.{key}=NAME" if key == "partition" else "cluster.stage.partition=NAME"
    if not here:
        found = "no such partition" if wanted else "the cluster has no default partition"
        return Check(title, False, found, f"{change}; {nearest(wanted, names)}")
    usable = [node for node in here if node.usable]
    states = Counter(node.state for node in here)
    found = f"{here[0].partition}: {'up' if here[0].up else 'not up'}; nodes: "
    found += ", ".join(f"{number} {state}" for state, number in states.most_common())
    others = ", ".join(sorted({node.partition for node in every if node.up and node.usable})) or "none"
    return Check(title, here[0].up and bool(usable), found, f"{change}; up with nodes that run: {others}")


def _account(cluster: Cluster, accounts: list[Association] | None, partition: str) -> list[Check]:
    """Return whether the user's accounts allow this one, with this QOS, in the partition."""
    account, qos = cluster.slurm.account, cluster.slurm.qos
    if accounts is None:
        given = ", ".join(f"{k} {v}" for k, v in (("account", account), ("QOS", qos)) if v) or "none given"
        return [Check("account and QOS", True, f"{given}; the cluster keeps no accounts")]
    fitting = [one for one in accounts if one.partition in {"", partition}]
    names = dict.fromkeys(one.account for one in fitting)
    chosen = account or next(iter(names), None)
    title = f"account {account}" if account else "account (yours by default)"
    yours = f"yours in {partition}: {', '.join(names) or 'none'}"
    fix = "cluster.slurm.account=NAME" if names else "ask the site for an account"
    found = [Check(title, chosen in names, yours, fix)]
    if qos is not None and chosen in names:
        allowed = {name for one in fitting if one.account == chosen for name in one.qos}
        said = f"of account {chosen}: {', '.join(sorted(allowed)) or 'none'}"
        found.append(Check(f"QOS {qos}", qos in allowed, said, f"cluster.slurm.qos=NAME; {nearest(qos, allowed)}"))
    return found


def _nodes(cluster: Cluster, here: Sequence[Node]) -> list[Check]:
    """Return whether nodes have what is asked for, and whether enough of them have all of it."""
    found, left = [], [node for node in here if node.usable]
    words = re.findall(r"[A-Za-z_][\w.\-]*", cluster.slurm.constraint or "")
    known = {feature for node in here for feature in node.features}
    if words:
        absent = [word for word in words if word not in known]
        said = f"features in this partition: {', '.join(sorted(known)) or 'none'}"
        change = "cluster.slurm.constraint=NAME or null"
        found.append(Check(f"constraint {cluster.slurm.constraint}", not absent, said, change))
        # Other expressions than this are left to sbatch.
        if len(words) == 1 and not absent:
            left = [node for node in left if words[0] in node.features]
    if cluster.gpu is not None and cluster.slurm.gpus != "none":
        having = [node for node in left if _gpus(node, cluster.slurm.gpu_type) >= cluster.gpus_per_node]
        found.append(_kind(cluster, left, having))
        left = having
    asked, size = cpus(cluster, cluster.gpus_per_node), memory(cluster, cluster.gpus_per_node)
    enough = [node for node in left if node.cpus >= (asked or 0) and node.memory >= (size or 0)]
    if asked is not None:
        most = max((node.cpus for node in left), default=0)
        fix = "cluster.slurm.cpus_per_node=N" if cluster.slurm.cpus_per_node else "cluster.slurm.cpus_per_gpu=N"
        found.append(Check(f"{asked} processors a node", most >= asked, f"at most {most}", fix))
    if size is not None:
        biggest = max((node.memory for node in left), default=0)
        fix = "cluster.slurm.memory=…" if cluster.slurm.memory else "cluster.slurm.memory_per_gpu=…"
        found.append(Check(f"{_shown(size)} a node", biggest >= size, f"at most {_shown(biggest)}", fix))
    number = cluster.nodes or 1
    said = f"{len(enough)} of {len(here)} in the partition"
    change = f"cluster.nodes={len(enough)}" if enough else "what is wrong above"
    return [*found, Check(f"{number} such node{'s' * (number > 1)}", len(enough) >= number, said, change)]


def _kind(cluster: Cluster, left: Sequence[Node], having: Sequence[Node]) -> Check:
    """Return whether nodes have the GPUs, and whether these are of the kind that the profile reckons with."""
    kind = cluster.slurm.gpu_type
    title = f"{cluster.gpus_per_node} GPUs a node" + (f" of type {kind}" if kind else "")
    sorts = Counter(", ".join(f"{name or 'no type'} x {n}" for name, n in node.gpus.items()) for node in left)
    said = "; ".join(f"{number} node(s) with {gpus or 'no GPU'}" for gpus, number in sorts.items()) or "no node"
    types = sorted({name for node in left for name in node.gpus if name})
    if not having:
        change = "cluster.slurm.gpus=none where GPUs come with whole nodes; else cluster.gpus_per_node=N"
        if kind is not None and kind not in types:
            change = f"cluster.slurm.gpu_type=TYPE; {nearest(kind, types)}"
        return Check(title, False, said, change)
    met = sorted({name for node in having for name in node.gpus if name and kind in {None, name}})
    others = [name for name in met if _family(name) not in {None, _family(str(cluster.gpu))}]
    if others:
        change = "cluster.slurm.gpu_type=TYPE, or cluster.gpu=NAME (harness fit --help)"
        return Check(title, False, f"{said}; the profile reckons with {cluster.gpu}", change)
    return Check(title, True, said)


def _gpus(node: Node, kind: str | None) -> int:
    return sum(node.gpus.values()) if kind is None else node.gpus.get(kind, 0)


def _family(name: str) -> str | None:
    """Return the kind of GPU that a name speaks of: h100 for `nvidia_h100_80gb_hbm3`; None for one not known."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    return next((key.split("_")[-2] for key in GPUS if key.split("_")[-2] in words), None)


def _time(title: str, asked: str, node: Node) -> Check:
    limit, wanted = node.limit, minutes(asked)
    ok = limit is None or (wanted is not None and wanted <= limit)
    said = f"{node.partition} allows {'any' if limit is None else f'{limit // 60}:{limit % 60:02}:00'}"
    key = "stage.time" if title.startswith("stage") else "slurm.time"
    return Check(f"{title} {asked}", ok, said, f"cluster.{key}=HH:MM:SS, no longer than that")


def _stage(cluster: Cluster, every: Sequence[Node]) -> list[Check]:
    wanted = cluster.stage.partition or cluster.slurm.partition or _DEFAULT
    here = _of(wanted, every)
    found = [_partition(wanted, every, "stage partition")]
    return [*found, _time("stage time limit", cluster.stage.time, here[0])] if here else found


def _accepted(cluster: Cluster) -> Check:
    """Return what Slurm says of a job with all that the profile asks for, on the most nodes of one server."""
    options = sbatch_options(cluster, nodes=cluster.nodes or 1)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "check.sh"
        script.write_text("#!/bin/bash\ntrue\n")
        try:
            said = slurm.test_only(script, *options)
        except HarnessError as error:
            return Check("sbatch --test-only", False, f"{error.found} ({' '.join(options)})", error.fix)
    return Check("sbatch --test-only", True, said)


def _shown(megabytes: int) -> str:
    """Return a size as a profile writes it."""
    return f"{megabytes // 1024}G" if megabytes % 1024 == 0 else f"{megabytes}M"
