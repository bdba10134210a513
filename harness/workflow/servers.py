"""Which servers a run asks, and what its identity says of them."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from harness.config.settings import Settings
from harness.errors import HarnessError
from harness.machine.allocation import hosts
from harness.machine.devices import cores, device_kind, visible_gpus
from harness.records import Deviation, HubOrigin, Restart, Says
from harness.serving import Checkpoint
from harness.serving.attached import Attached, attach
from harness.serving.command import command, engine_args, engine_version, over_nodes
from harness.serving.fleet import Fleet
from harness.serving.hosted import HostedServers, hosted_of, identity_args
from harness.serving.placement import placements
from harness.serving.servers import Servers
from harness.serving.weights import identity_of, weights_of
from harness.store import RunFolder, Store
from harness.store.notes import note_restart
from harness.store.spending import Spending
from harness.workflow.display import Display

_NEUTRAL_ENV = {
    "VLLM_API_KEY",
    "VLLM_CPU_KVCACHE_SPACE",
    "VLLM_CPU_NUM_OF_RESERVED_CPU",
    "VLLM_CPU_OMP_THREADS_BIND",
    "VLLM_HOST_IP",
}
"""Memory, placement, access: they change where, for whom and how fast a server answers, not what."""


@contextmanager
def servers_of(
    settings: Settings, checkpoint: Checkpoint | None, store: Store, folders: Sequence[RunFolder], display: Display
) -> Iterator[Servers]:
    """Yield the servers that the settings name; our own are started here, and not healthy yet.

    Restarts of our own are said, and kept in `folders`. Raises UsageError when this machine is too small for
    them, or when something is missing to ask a hosted model.
    """
    model, serving = settings.model, settings.serving
    if checkpoint is None:
        with Spending(store.spending(model.id)) as spending:
            servers = HostedServers(model, serving, spending)
            display.say(f"{model.name}: {spending.dollars:.4f} of {serving.spend} dollars spent so far")
            yield servers
        return
    if serving.urls:
        yield Attached(serving.urls, serving.concurrency, serving.concurrency_most)
        return

    def restarted(restart: Restart) -> None:
        note_restart(folders, restart)
        log = store.relative(store.engine_log(folders[0], restart.replica, restart.start))
        display.say(f"{restart.found}; it is started again, its log: {log}")

    def given_up(replica: int, error: HarnessError) -> None:
        display.say(f"server {replica} is given up: {error.found}")

    places = placements(model, serving, cores(), visible_gpus(), hosts())
    log = lambda replica, start: store.engine_log(folders[0], replica, start)  # noqa: E731
    with Fleet(model, serving, checkpoint.path, places, log, restarted, given_up) as fleet:
        for engine in fleet.engines:
            display.say(f"engine starts on {engine.where}, its log: {store.relative(engine.process.log)}")
        yield fleet


def served_as(settings: Settings, checkpoint: Checkpoint | None, *, chat: bool) -> dict[str, Any]:
    """Return the part of a run's identity that says what answers: weights, engine, arguments, device.

    `checkpoint` is None for a hosted model. Raises HarnessError when no engine is installed, or when servers
    that are up already serve something else.
    """
    model, serving = settings.model, settings.serving
    if checkpoint is None:
        hosted = hosted_of(model)
        return {
            "weights": {"hosted": hosted.url, "model": hosted.model},
            "precision": "unknown",
            "conversion": None,
            "engine": "hosted",
            "engine_version": "unknown",
            "engine_args": identity_args(hosted),
            "engine_env": {},
            "device": "unknown",
            "chat_template_sha256": None,
        }
    engine, version = ("attached", attach(serving.urls, model)) if serving.urls else engine_version()
    inherited = {k: v for k, v in os.environ.items() if k.startswith("VLLM_")}
    env = {k: v for k, v in sorted({**inherited, **serving.env}.items()) if k not in _NEUTRAL_ENV}
    return {
        "weights": identity_of(model, checkpoint),
        "precision": model.precision,
        "conversion": checkpoint.conversion,
        "engine": engine,
        "engine_version": version,
        "engine_args": engine_args(model, serving),
        "engine_env": env,
        "device": device_kind(serving.device),
        "chat_template_sha256": checkpoint.chat_template_sha256 if chat else None,
    }


def manifest_notes(settings: Settings, left_out: Sequence[str]) -> dict[str, Any]:
    """Return what a manifest adds to the identity: the engine's command, known deviations, what is not pinned.

    `left_out` names settings of the protocol that a hosted service does not take.
    """
    model, serving = settings.model, settings.serving
    if model.hosted is not None:
        return {
            "command": [],
            "deviations": [_left_out(field) for field in left_out],
            "unpinned": [f"{model.hosted.model}, as {model.hosted.url} serves it on the day"],
        }
    weights = weights_of(model)
    origin = weights.origin
    nodes = over_nodes(serving.nodes, "$NODE_RANK", "$MASTER_ADDR", "$MASTER_PORT", model.multi_node)
    place = nodes if serving.nodes > 1 else {}
    return {
        "command": [] if serving.urls else command(model, serving, "$WEIGHTS", 0, "python", place),
        "deviations": [weights.deviation] if weights.deviation else [],
        "unpinned": [origin.describe()] if isinstance(origin, HubOrigin) and origin.revision == "unpinned" else [],
    }


def _left_out(field: str) -> Deviation:
    says = Says(
        en=f"{field}: the service takes none, and uses its own",
        ko=f"{field}: 서비스가 받지 않아 서비스 자체 값이 쓰인다",
    )
    return Deviation(field=field, value="not sent", says=says)
