"""A model's config, written from what its own files say; a pure function from facts to text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from harness.facts.hub_config import held_against, read_config
from harness.facts.parameters import count
from harness.planning.switches import switch_of
from harness.records import Architecture, FolderOrigin, HubOrigin, Licence, Model
from harness.records.protocol import Decoding

ALLOWED: Mapping[str, str] = {
    "apache-2.0": "any use, with attribution",
    "mit": "any use, with attribution",
    "cc-by-4.0": "any use, with attribution",
    "cc-by-nc-4.0": "no commercial use; attribution",
}
_DECODING = ("temperature", "top_p", "top_k", "min_p", "presence_penalty")


@dataclass(frozen=True)
class Files:
    """What a checkpoint's small files say."""

    name: str
    origin: HubOrigin | FolderOrigin
    config: Mapping[str, Any]
    generation: Mapping[str, Any] = field(default_factory=dict)
    template: str | None = None
    card: str = ""
    """README.md, whose front matter names the licence."""
    stored: int | None = None
    """Elements in the tensors; None where they were not counted."""


@dataclass(frozen=True)
class Written:
    """A new config and what is left to do on it."""

    model: Model
    text: str
    open: list[str]
    """Questions that the files did not answer; they stand in the text as comments."""


def new_model(files: Files, id_: str | None = None) -> Written:
    """Return the config of a model that is described by its files."""
    asked: dict[str, list[str]] = {}
    data: dict[str, Any] = {
        "id": id_ or slug(files.name),
        "name": files.name,
        "developer": files.origin.hub.split("/")[0] if isinstance(files.origin, HubOrigin) else "unstated",
        "released": files.origin.hub if isinstance(files.origin, HubOrigin) else files.name,
        "licence": _licence(files, asked).model_dump(exclude_none=True),
        "weights": {"origin": files.origin.model_dump(exclude_none=True)},
        "precision": "auto" if files.config.get("quantization_config") else "bfloat16",
        "context": _context(files, asked),
        "images": True if files.config.get("vision_config") else None,
        **_sampling(files.generation),
    }
    if data["developer"] == "unstated":
        asked["developer"] = ["who made it?"]
    thinking, open_questions = (
        switch_of(files.template) if files.template else (None, ["there is no chat template"])
    )
    if thinking is not None:
        data["thinking"] = thinking.model_dump(exclude_defaults=True)
        open_questions.append(
            "args: which reasoning-parser of vLLM reads its thinking? harness doctor knows their names"
        )
    asked["thinking"] = open_questions
    data["architecture"] = _architecture(files, asked)
    if files.config.get("auto_map"):
        asked["trust_remote_code"] = [
            "code comes with the weights: trust_remote_code: true runs it, once you have read it"
        ]
    data = {key: value for key, value in data.items() if value is not None or key == "sampling"}
    return Written(
        Model.model_validate(data), _text(data, asked), [text for texts in asked.values() for text in texts]
    )


def slug(name: str) -> str:
    """Return a name as an id: lower-case letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _licence(files: Files, asked: dict[str, list[str]]) -> Licence:
    matter = _front_matter(files.card)
    named = str(matter.get("license_name") or matter.get("license") or "unstated")
    link = matter.get("license_link")
    url = f"https://huggingface.co/{files.origin.hub}" if isinstance(files.origin, HubOrigin) else None
    allows = ALLOWED.get(named.lower())
    if allows is None:
        asked["licence"] = ["what does the licence allow a measurer to do?"]
    absolute = str(link) if str(link).startswith("http") else url
    return Licence(id=named, url=absolute, allows=allows or "not read yet")


def _front_matter(card: str) -> dict[str, Any]:
    """Return the data that a model card begins with; nothing for a card without, or with what is no YAML."""
    found = re.match(r"---\s*\n(.*?)\n---", card, re.DOTALL)
    try:
        matter = yaml.safe_load(found.group(1)) if found else None
    except yaml.YAMLError:
        return {}
    return matter if isinstance(matter, dict) else {}


def _context(files: Files, asked: dict[str, list[str]]) -> int:
    text = {**files.config, **(files.config.get("text_config") or {})}
    found = text.get("max_position_embeddings")
    if isinstance(found, int) and found > 0:
        return found
    asked["context"] = [
        "config.json names no max_position_embeddings; how long may prompt and answer be together?"
    ]
    return 4096


def _sampling(generation: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: generation[key] for key in _DECODING if generation.get(key) is not None}
    if generation.get("do_sample") is False:
        given = {"temperature": 0.0}
    if "temperature" not in given:
        return {"sampling": None, "sampling_source": "generation_config.json recommends no temperature"}
    sampling = Decoding.model_validate(given).model_dump(exclude_none=True)
    return {"sampling": sampling, "sampling_source": "generation_config.json of the checkpoint"}


def _architecture(files: Files, asked: dict[str, list[str]]) -> dict[str, Any] | None:
    read = read_config(files.config, "config.json of the checkpoint")
    if read.architecture is None:
        asked["architecture"] = [
            f"not understood in config.json, so there are no sizes: {'; '.join(read.not_understood)}"
        ]
        return None
    if files.stored is None:
        asked["architecture"] = ["read from config.json alone, not held against the tensors"]
        return _plain(read.architecture)
    found = held_against(read.architecture, files.stored)
    if found is None:
        total = count(read.architecture).total
        asked["architecture"] = [
            f"config.json gives {total:,} parameters, the tensors hold {files.stored:,}: which sizes are right?"
        ]
        return None
    return _plain(found)


def _plain(architecture: Architecture) -> dict[str, Any]:
    """Return what differs from the defaults, with the kind of each mixer, by which it is told from others."""
    data = architecture.model_dump(exclude_defaults=True)
    data["mixers"] = {
        name: {"kind": architecture.mixers[name].kind, **mixer} for name, mixer in data["mixers"].items()
    }
    return data


def _text(data: Mapping[str, Any], asked: Mapping[str, list[str]]) -> str:
    """Return the YAML, each question as a comment above the key it is about, or at the end."""
    parts = []
    for key in dict.fromkeys([*data, *asked]):
        parts += [f"# {question}\n" for question in asked.get(key, [])]
        if key in data:
            parts.append(yaml.safe_dump({key: data[key]}, sort_keys=False, allow_unicode=True, width=110))
    return "".join(parts)
