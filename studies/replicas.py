"""Serve the small random twin of every model that has one, probe it, and record how that went.

    python -m studies.replicas [MODEL…]

Writes results/reference/replicas.json, which `harness models` and docs/models.md show.
"""

import sys

from harness.config.settings import load_models, load_settings, project
from harness.store import open_store
from harness.workflow.display import Display
from harness.workflow.replica import serve_replica


def main() -> None:
    """Serve the models named on the command line, or all that have a twin; print a line on each."""
    models = load_models(project().configs)
    store = open_store(load_settings())
    names = sys.argv[1:] or [name for name, model in models.items() if model.replica is not None]
    for name in names:
        report = serve_replica(models[name], Display())
        store.write_replica(report)
        probe = report.probe.seconds if report.probe is not None else None
        cells = (f"`{name}`", report.replica, report.served, report.healthy_seconds, probe)
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
