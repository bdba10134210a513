"""Environment modules, which are a function of the login shell."""

import subprocess
from collections.abc import Sequence

_SECONDS = 60.0


def module_problem(names: Sequence[str]) -> str | None:
    """Return why a login shell cannot `module load` these, in the shell's own words; None when it can."""
    command = ["bash", "--login", "-c", 'module load "$@"', "modules", *names]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {_SECONDS:g} s"
    said = " ".join((done.stderr or done.stdout).split())
    # Older versions of `module` say ERROR and end with 0.
    return said or f"exit {done.returncode}" if done.returncode != 0 or "ERROR" in said else None
