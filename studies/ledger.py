"""Time and memory of loading, validating and checking a ledger: the project's, and a synthetic one.

    python studies/ledger.py              the project's ledger, then two of 50,000 synthetic claims
    python studies/ledger.py 200000       another number

In the first synthetic ledger three cells in a hundred differ from what other sources print, in the second one
every cell does: the most findings there can be.

Each measurement is a process of its own on one processor, so that peak memory is of that work alone.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from harness.claims.check import run_checks
from harness.claims.desk import Desk
from harness.claims.ledger import load_claims
from harness.config.settings import load_benchmarks, load_models, load_subjects, project

COLUMNS = 10


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
        return
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    report("the project's ledger", project().configs / "claims")
    for name, share in (("synthetic, 3 % differ", 0.03), ("synthetic, all differ", 1.0)):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / "claims", claims, share)
            report(name, Path(folder) / "claims")


def report(name: str, folder: Path) -> None:
    command = [sys.executable, __file__, "--measure", str(folder)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    row = json.loads(found.stdout)
    print(name, *(f"{key} {value}" for key, value in row.items()), sep=" · ")


def measure(folder: Path) -> dict[str, float]:
    """Load and check the ledger in `folder` on one processor; return seconds, MiB and counts."""
    os.sched_setaffinity(0, {next(iter(os.sched_getaffinity(0)))})
    start = time.perf_counter()
    configs = project().configs
    benchmarks, models, subjects = load_benchmarks(configs), load_models(configs), load_subjects(configs)
    registries = time.perf_counter()
    claims = load_claims(folder, benchmarks, models, subjects)
    loaded = time.perf_counter()
    found = run_checks(Desk(claims, benchmarks, subjects, models))
    checked = time.perf_counter()
    return {
        "claims": len(claims),
        "findings": len(found.findings),
        "registries s": round(registries - start, 2),
        "load s": round(loaded - registries, 2),
        "check s": round(checked - loaded, 2),
        "total s": round(checked - start, 2),
        "peak MiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def write(folder: Path, claims: int, share: float) -> None:
    """Write tables of which `share` differs from what the other sources print, and statements on them."""
    rng = random.Random(0)
    agreed: dict[tuple[str, str], float] = defaultdict(lambda: rng.uniform(20, 95))
    configs = project().configs
    benchmarks = [b.id for b in load_benchmarks(configs).values() if b.score.range == (0.0, 1.0)]
    models = list(load_models(configs))
    folder.mkdir()
    written, number = 0, 0
    while written < claims:
        of = models[number % len(models)]
        columns = [of, *rng.sample([m for m in models if m != of], COLUMNS - 1)]
        lines = [
            f"source: {{id: s{number}, kind: model_card, party: first, title: S{number}, of: {of}}}",
            "tables:",
            f"  - {{id: t, columns: [{', '.join(columns)}], mode: thinking, rows: {{",
        ]
        for benchmark in benchmarks:
            values = {m: rng.uniform(20, 95) if rng.random() < share else agreed[benchmark, m] for m in columns}
            cells = ", ".join(f'{m}: "{value:.1f}"' for m, value in values.items())
            lines.append(f"      {benchmark}: {{{cells}}},")
        lines += ["    }}", "statements:"]
        for index, benchmark in enumerate(benchmarks[:20]):
            lines += [
                f"  - id: r{index}",
                "    locator: {section: text}",
                "    kind: ratio",
                f"    model: {of}",
                f'    value: "{rng.randint(80, 120)}"',
                "    unit: percent",
                f"    benchmark: {benchmark}",
                f"    comparators: [{columns[1]}]",
                f"    over: {{tables: [s{number}/t]}}",
                "    says: {en: a ratio, ko: 비율}",
                "    lanes: [desk]",
            ]
        (folder / f"s{number}.yaml").write_text("\n".join(lines) + "\n")
        written += len(benchmarks) * COLUMNS + 20
        number += 1


if __name__ == "__main__":
    main()
