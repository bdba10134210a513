"""The Slurm allocation that this process runs in, and the addresses of the node it runs on."""

import os
import re
import socket
import subprocess

import psutil

from harness.errors import HarnessError

_SLURM_SECONDS = 30.0
"""A command of Slurm that takes longer has no controller to ask."""


def hosts() -> list[str]:
    """Return the nodes of the allocation, in the order in which Slurm numbers them; none outside of one.

    Raises HarnessError when Slurm's own command does not tell them.
    """
    nodes = os.environ.get("SLURM_JOB_NODELIST", "")
    if not nodes:
        return []
    command = ["scontrol", "show", "hostnames", nodes]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SLURM_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise HarnessError(
            expected="the names of this allocation's nodes",
            found=str(getattr(error, "stderr", "") or error).strip(),
            where=f"SLURM_JOB_NODELIST={nodes}",
            fix=f"make this work on the node: scontrol show hostnames '{nodes}'",
        ) from error
    return said.stdout.split()


def cpus_per_node() -> int | None:
    """Return the processors that the allocation has on every node, the least where they differ; None if unsaid."""
    counts = re.findall(r"(\d+)(?:\(x\d+\))?", os.environ.get("SLURM_JOB_CPUS_PER_NODE", ""))
    return min(map(int, counts), default=None)


def address(interface: str) -> str:
    """Return the IPv4 address of a network interface of this node; raises HarnessError when it has none."""
    addresses = {name: _ipv4(found) for name, found in psutil.net_if_addrs().items()}
    if addresses.get(interface) is None:
        raise HarnessError(
            expected=f"the network interface {interface} with an IPv4 address",
            found=", ".join(f"{name} {found}" for name, found in addresses.items() if found) or "none",
            where=f"node {socket.gethostname()}",
            fix="name one that every node has: cluster.interface=…",
        )
    return str(addresses[interface])


def interface_of(wanted: str) -> str | None:
    """Return the network interface of this node that has an address."""
    listed = psutil.net_if_addrs().items()
    return next((name for name, found in listed if wanted in {one.address for one in found}), None)


def _ipv4(found: list["psutil._common.snicaddr"]) -> str | None:
    return next((one.address for one in found if one.family == socket.AF_INET), None)
