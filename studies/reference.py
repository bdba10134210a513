"""Record finished runs small: what decides a score, and nothing of the items' or the model's words.

    python -m studies.reference results/runs/smollm2_135m/ifeval/<key> results/reference/smollm2_135m

writes `<benchmark>.manifest.json` and `<benchmark>.scores.jsonl`; the text of an answer is named by its hash.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

from harness.records import Sample
from harness.store import RunFolder, read_samples


def recorded(sample: Sample) -> dict[str, object]:
    """Return the line that is kept of a sample."""
    kept = sample.model_dump(
        include={"item", "repeat", "seed", "status", "completion_tokens", "scores"}, exclude_none=True
    )
    return kept | {"text_sha256": hashlib.sha256(sample.text.encode()).hexdigest()[:16]}


def main(run: Path, out: Path) -> None:
    """Write both files of one run to `out`."""
    folder = RunFolder(run)
    benchmark = folder.read_manifest().benchmark
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder.manifest, out / f"{benchmark}.manifest.json")
    samples = sorted(read_samples(folder.samples), key=lambda sample: sample.key)
    lines = [json.dumps(recorded(sample), ensure_ascii=False) + "\n" for sample in samples]
    (out / f"{benchmark}.scores.jsonl").write_text("".join(lines), encoding="utf-8")
    print(f"{benchmark}: {len(samples)} samples")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
