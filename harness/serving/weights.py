"""Bring a model's weights into a form the engine can read."""

import hashlib
import json
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.config.settings import data_root
from harness.errors import HarnessError, UsageError
from harness.records import FolderOrigin, HubOrigin, Model, Weights
from harness.store.origins import building, cache_root, fetch


@dataclass(frozen=True)
class Checkpoint:
    """Weights that are ready to be served."""

    path: Path
    """Folder with config, tokenizer and weights."""
    conversion: str | None
    """How the weights came to this form; None when they are as published."""

    @cached_property
    def chat_template(self) -> str | None:
        """The tokenizer's chat template, or None for a model without one."""
        template = self.path / "chat_template.jinja"
        if template.exists():
            return template.read_text(encoding="utf-8")
        config = self.path / "tokenizer_config.json"
        found = json.loads(config.read_text(encoding="utf-8")).get("chat_template") if config.exists() else None
        return json.dumps(found) if found is not None else None

    def tokenizer(self, *, trust_remote_code: bool) -> Any:
        """Return the checkpoint's tokenizer."""
        from transformers import AutoTokenizer  # noqa: PLC0415 - slow to import

        return AutoTokenizer.from_pretrained(self.path, trust_remote_code=trust_remote_code)

    @property
    def chat_template_sha256(self) -> str | None:
        """SHA-256 of the chat template."""
        return hashlib.sha256(self.chat_template.encode()).hexdigest() if self.chat_template else None

    @cached_property
    def shapes(self) -> dict[str, list[int]]:
        """Shape of every stored tensor, read from the headers of the safetensors files."""
        shapes: dict[str, list[int]] = {}
        for path in sorted(self.path.glob("*.safetensors")):
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                header = json.loads(file.read(length))
            shapes |= {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}
        return shapes

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over config, tokenizer and, of each weight file, its size and its two ends.

        Reading hundreds of gigabytes at every start would cost hours; a file with other weights differs in
        these parts unless somebody takes pains.
        """
        total = hashlib.sha256()
        names = {"config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"}
        for path in sorted(self.path.iterdir()):
            if path.name in names:
                total.update(path.name.encode() + path.read_bytes())
            elif path.suffix in {".safetensors", ".bin", ".gguf"}:
                size = path.stat().st_size
                with path.open("rb") as file:
                    head = file.read(1 << 16)
                    file.seek(max(0, size - (1 << 16)))
                    total.update(path.name.encode() + str(size).encode() + head + file.read())
        return total.hexdigest()


def prepare(model: Model, say: Callable[[str], None] = lambda _: None) -> Checkpoint:
    """Return the model's checkpoint, fetched and converted once and then kept in the user's cache.

    Raises HarnessError when the weights cannot be had, their hash is wrong or the conversion fails; the
    cache then holds nothing half-written.
    """
    weights = weights_of(model)
    say(f"{model.name}: {model.licence.id}, {model.licence.allows}")
    path = fetch(weights.origin, data_root=data_root(), say=say)
    if weights.format == "checkpoint":
        return Checkpoint(path, None)
    return Checkpoint(
        _converted(model, path, say), conversion=f"{weights.format} -> {model.precision} by transformers"
    )


def weights_of(model: Model) -> Weights:
    """Return where a model's weights come from; raises UsageError for one that only its maker serves."""
    if model.weights is None:
        raise UsageError(
            "a model with weights to serve",
            f"{model.name}, which its maker hosts",
            where=f"configs/model/{model.id}.yaml",
            fix="harness run serving=hosted asks it where it is served",
        )
    return model.weights


def identity_of(model: Model, checkpoint: Checkpoint) -> dict[str, Any]:
    """Return what names the weights in a run's identity: their origin, without any local path."""
    origin = weights_of(model).origin
    found = origin.model_dump(exclude_none=True)
    if isinstance(origin, FolderOrigin) and origin.root == "path":
        found["folder"] = Path(origin.folder).name
    if not (isinstance(origin, HubOrigin) and origin.revision != "unpinned"):
        found["fingerprint"] = checkpoint.fingerprint
    return found


def _converted(model: Model, gguf: Path, say: Callable[[str], None]) -> Path:
    origin = hashlib.sha256(repr(weights_of(model).origin).encode()).hexdigest()[:12]
    target = cache_root() / "checkpoints" / f"{model.id}-{model.precision}-{origin}"
    with building(target) as folder:
        if folder is not None:
            say(f"converting {gguf.name} to a {model.precision} checkpoint")
            command = [
                sys.executable,
                "-m",
                "harness.serving.convert",
                str(gguf),
                str(folder),
                model.precision,
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise HarnessError(
                    expected=f"{gguf.name} as a plain checkpoint",
                    found=f"the conversion ended with code {done.returncode}",
                    where=str(gguf),
                    fix="harness doctor checks the packages it needs",
                    detail="\n".join(done.stderr.strip().splitlines()[-8:]),
                )
    return target
