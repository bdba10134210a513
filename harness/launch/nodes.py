"""What a Slurm cluster has, and what this user may have of it."""

import re

from harness.launch.refusals import unreadable
from harness.launch.slurm import SEPARATOR, ask, table
from harness.records import Record
from harness.records.cluster import minutes

_SINFO = ["%R", "%P", "%a", "%l", "%N", "%c", "%m", "%G", "%f", "%T"]
_GPUS = re.compile(r"(?:^|,)gpu(?::([^:,(]+))?:(\d+)")
_AWAY = ("down", "drain", "fail", "maint", "unknown", "inval", "future", "*")


class Node(Record):
    """One node in one partition; a node in several partitions is listed in each."""

    name: str
    partition: str
    default: bool
    """Whether this is the partition of jobs that name none."""
    up: bool
    """Whether the partition takes and starts jobs."""
    limit: int | None
    """Longest job of the partition in minutes; None for any."""
    cpus: int
    memory: int
    """Megabytes"""
    gpus: dict[str, int]
    """By type; "" where the cluster tells no types."""
    features: list[str]
    state: str
    """idle, allocated, drained, … (man sinfo, NODE STATE CODES)."""

    @property
    def usable(self) -> bool:
        """Whether jobs run on it, now or after those that it has."""
        return not any(word in self.state for word in _AWAY)


class Association(Record):
    """An account of a user, in all partitions or in one."""

    account: str
    partition: str
    """"" for all."""
    qos: list[str]


def nodes() -> list[Node]:
    """Return every node of every partition; raises HarnessError when Slurm does not answer."""
    lines = table("sinfo", "--Node", "--noheader", f"--format={SEPARATOR.join(_SINFO)}")
    return [_node(fields) for fields in lines]


def associations(user: str) -> list[Association] | None:
    """Return what a user may charge jobs to, the default account first; None where accounting is off."""
    if configuration().get("AccountingStorageType", "(null)") in {"(null)", "accounting_storage/none"}:
        return None
    # sacctmgr knows no separator but |, which names of accounts, partitions and QOS do not hold.
    show = ("sacctmgr", "--noheader", "--parsable2", "show")
    lines = ask(*show, "associations", f"user={user}", "format=account,partition,qos").splitlines()
    default = ask(*show, "user", user, "format=defaultaccount").strip()
    found = []
    for line in lines:
        fields = line.split("|")
        if len(fields) != 3:
            raise unreadable("sacctmgr", "account, partition and QOS", line)
        found.append(Association(account=fields[0], partition=fields[1], qos=fields[2].split(",")))
    return sorted(found, key=lambda one: one.account != default)


def configuration() -> dict[str, str]:
    """Return the cluster's settings (slurm.conf) as the controller has them; raises HarnessError."""
    pairs = (line.partition("=") for line in ask("scontrol", "show", "config").splitlines())
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _node(fields: list[str]) -> Node:
    try:
        partition, starred, up, limit, name, cpus, memory, gres, features, state = fields
        gpus: dict[str, int] = {}
        for kind, number in _GPUS.findall(gres):
            gpus[kind] = gpus.get(kind, 0) + int(number)
        return Node(
            name=name,
            partition=partition,
            default=starred.endswith("*"),
            up=up == "up",
            limit=minutes(limit),
            cpus=int(cpus),
            memory=int(memory),
            gpus=gpus,
            features=[] if features == "(null)" else features.split(","),
            state=state,
        )
    except ValueError as error:
        raise unreadable("sinfo", "a node's partition, processors, memory, …", repr(fields)) from error
