"""Serve the small random twin of every model that has one, probe it, and record how that went.

    python -m studies.replicas [MODEL…]

Writes results/reference/replicas.json, which `harness models` and docs/models.md show. Twins that take
images need the environment of `make test-vision`: .venv-vision/bin/python -m studies.replicas MODEL…
"""

import sys

from harness.config.settings import load_models, load_settings, project
from harness.errors import HarnessError
from harness.serving.replica import twins_of
from harness.store import open_store
from harness.workflow.display import Display
from harness.workflow.replica import serve_replica


def main() -> None:
    """Serve the twins of the models named on the command line, or of all; print a line on each."""
    models = load_models(project().configs)
    store = open_store(load_settings())
    for twin in [twin for name in sys.argv[1:] or models for twin in twins_of(models[name])]:
        try:
            report = serve_replica(twin, Display())
        except HarnessError as error:
            print(f"not recorded: {error.text()}", file=sys.stderr, flush=True)
            continue
        store.write_replica(report)
        probe = report.probe.seconds if report.probe is not None else None
        cells = (f"`{report.model}`", report.replica, report.served, report.healthy_seconds, probe)
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
