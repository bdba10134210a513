"""The small random twin of a model, written once and then kept in the user's cache."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from harness.config.settings import load_replicas, project
from harness.errors import HarnessError, UsageError
from harness.records import FolderOrigin, Model, Replica, Weights
from harness.serving import twin
from harness.store.origins import building, cache_root

CONTEXT = 4096
"""Tokens a twin is served for."""


def replica_of(model: Model) -> Replica:
    """Return how the model's twin is made; raises UsageError for a model that has none, with the reason."""
    if model.replica is None:
        reason = model.no_replica or "its config names none"
        raise UsageError(
            "a model with a replica", reason, where=f"configs/model/{model.id}.yaml", fix="harness models"
        )
    return load_replicas(project().configs)[model.replica]


def twins_of(model: Model) -> list[Model]:
    """Return the model once for each of its twins, naming that one alone."""
    return [model.model_copy(update={"replica": name, "vision_replica": None}) for name in model.replicas]


def with_vision(model: Model) -> Model:
    """Return the model with its twin that takes images as the only one; raises UsageError when it has none."""
    for single in twins_of(model):
        if replica_of(single).vision is not None:
            return single
    raise UsageError(
        "a model with a replica that takes images",
        "its config names none",
        where=f"configs/model/{model.id}.yaml",
        fix="harness models",
    )


def check_servable(model: Model) -> None:
    """Raise HarnessError when the model's twin takes images and this environment's engine cannot."""
    if replica_of(model).vision is not None and importlib.util.find_spec("torchvision") is None:
        raise HarnessError(
            expected=f"torchvision, which vLLM's classes of models that take images import ({model.id})",
            found="none in this environment",
            where=sys.prefix,
            fix="make test-vision, which makes an environment with it; from then on .venv-vision/bin/harness "
            "serves such a replica",
        )


def chat_template(model: Model, replica: Replica) -> str:
    """Return a small chat template with the model's own thinking switch, its default and its prefills."""
    switch = ""
    if replica.chat.thinking or replica.chat.answering:
        on = json.dumps(replica.chat.thinking, ensure_ascii=False)
        off = json.dumps(replica.chat.answering, ensure_ascii=False)
        switch = "{{ " + f"{on} if {_thinks(model)} else {off}" + " }}"
    begin = "{{ bos_token }}" if replica.chat.begins else ""
    turns = "{% for m in messages %}<|{{ m.role }}|>" + _content(replica) + "<|end|>{% endfor %}"
    return begin + turns + "{% if add_generation_prompt %}<|assistant|>" + switch + "{% endif %}"


def _content(replica: Replica) -> str:
    """Return what the template writes for a message: its text, or its parts where some may be images."""
    if replica.vision is None:
        return "{{ m.content }}"
    return (
        "{% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content %}"
        "{% if part.type == 'text' %}{{ part.text }}{% else %}" + replica.vision.image + "{% endif %}"
        "{% endfor %}{% endif %}"
    )


def _thinks(model: Model) -> str:
    """Return the condition, in Jinja, under which the template has the model think."""
    thinking = model.thinking
    if thinking is None:
        return "false"
    if thinking.default == "always":
        return "true"
    by_default = thinking.default == "on"
    switch = (thinking.off if by_default else thinking.on) or {}
    turned = " and ".join(f"{name} is defined and {name} == {json.dumps(value)}" for name, value in switch.items())
    if not turned:
        return "true" if by_default else "false"
    return f"not ({turned})" if by_default else turned


def write_replica(model: Model, target: Path) -> None:
    """Write the model's twin to `target`; raises HarnessError when that fails."""
    replica = replica_of(model)
    template = chat_template(model, replica) if replica.tokenizer == "bytes" else None
    order = json.dumps({"replica": replica.model_dump(), "template": template})
    command = [sys.executable, "-m", twin.__name__, str(target)]
    done = subprocess.run(command, input=order, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise HarnessError(
            expected=f"a small {replica.model_type} checkpoint",
            found=f"writing it ended with code {done.returncode}",
            where=f"configs/replica/{replica.id}.yaml",
            fix="mend the sizes there, or install the transformers of the lock (make setup)",
            detail="\n".join(done.stderr.strip().splitlines()[-8:]),
        )


def cached_replica(model: Model) -> Path:
    """Return the folder of the model's twin in the user's cache, written when it is not there."""
    replica = replica_of(model)
    made_from = [replica.model_dump_json(), chat_template(model, replica), Path(twin.__file__).read_text()]
    name = hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:12]
    target = cache_root() / "checkpoints" / f"{model.id}-replica-{name}"
    with building(target) as folder:
        if folder is not None:
            write_replica(model, folder)
    return target


def as_replica(model: Model, folder: Path) -> Model:
    """Return the model with the weights of its twin in `folder`, served as the model itself is."""
    replica = replica_of(model)
    changes: dict[str, object] = {
        "weights": Weights(origin=FolderOrigin(folder=str(folder))),
        "context": min(CONTEXT, model.context),
        "precision": "bfloat16",
        "args": model.args if replica.args is None else replica.args,
        "trust_remote_code": False,
        "images": replica.vision is not None,
    }
    if model.thinking is not None:
        changes["thinking"] = model.thinking.model_copy(update={"tags": replica.chat.tags})
    return model.model_copy(update=changes)
